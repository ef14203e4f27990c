// How often and how soon a crashed actor is restarted. Pure.

const firstBackOffMs = 100;
/** Restarts in a row that wait no longer than that, at most: a few crashes cost a transfer little. */
const mostQuickRestarts = 4;
const longestBackOffMs = 30_000;

/** After this time without a crash the next restart has no delay. */
export const steadyMs: number = longestBackOffMs;

/** Counts restarts in a sliding window. */
export class RestartWindow {
  readonly #maxRestarts: number;
  readonly #withinMs: number;
  #restartsMs: number[] = [];

  constructor(maxRestarts: number, withinMs: number) {
    this.#maxRestarts = maxRestarts;
    this.#withinMs = withinMs;
  }

  /** @returns false beyond the limit: the supervisor gives up. */
  tryRestart(nowMs: number): boolean {
    this.#restartsMs = this.#restartsMs.filter((thenMs) => nowMs - thenMs < this.#withinMs);
    if (this.#restartsMs.length >= this.#maxRestarts) return false;
    this.#restartsMs.push(nowMs);
    return true;
  }
}

/**
 * Milliseconds to wait before a restart. Short waits use up half of a supervisor's limit at most, so that a member that
 * crashes whenever it starts comes to the long ones.
 * @param attempt Restarts in a row before: 0 is at once, up to four more wait 100 ms, each further one eight times as
 *   long, to 30 s.
 * @param maxRestarts The limit of the supervisor.
 * @param random Uniform in [0, 1): takes away up to a quarter, so that simultaneous crashes do not restart together.
 */
export function restartDelayMs(attempt: number, maxRestarts: number, random: number): number {
  if (attempt === 0) return 0;
  const quickRestarts = Math.min(mostQuickRestarts, Math.floor(maxRestarts / 2) - 1);
  const slowRestarts = Math.max(0, attempt - Math.max(1, quickRestarts));
  const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 8 ** slowRestarts);
  return backOffMs * (1 - random / 4);
}
