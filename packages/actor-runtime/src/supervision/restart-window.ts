// How often and how soon a crashed actor is restarted. Pure.

const firstBackOffMs = 100;
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
 * Milliseconds to wait before a restart.
 * @param attempt Restarts in a row before: 0 is at once, then 100 ms, doubling to 30 s.
 * @param random Uniform in [0, 1): takes away up to a quarter, so that simultaneous crashes do not restart together.
 */
export function restartDelayMs(attempt: number, random: number): number {
  if (attempt === 0) return 0;
  const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempt - 1));
  return backOffMs * (1 - random / 4);
}
