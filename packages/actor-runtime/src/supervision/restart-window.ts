// How often, and how soon, something that crashes is started again. Pure.

const firstBackOffMs = 100;
const longestBackOffMs = 30_000;

/** A child that ran this long since its last restart has recovered: its next restart is at once again. */
export const steadyMs: number = longestBackOffMs;

/** Counts restarts within a sliding window of time. */
export class RestartWindow {
  readonly #maxRestarts: number;
  readonly #withinMs: number;
  #restartsMs: number[] = [];

  constructor(maxRestarts: number, withinMs: number) {
    this.#maxRestarts = maxRestarts;
    this.#withinMs = withinMs;
  }

  /** Counts one more restart. @returns false when it is one too many: the supervisor gives up. */
  tryRestart(nowMs: number): boolean {
    this.#restartsMs = this.#restartsMs.filter((thenMs) => nowMs - thenMs < this.#withinMs);
    if (this.#restartsMs.length >= this.#maxRestarts) return false;
    this.#restartsMs.push(nowMs);
    return true;
  }
}

/**
 * Milliseconds to wait before a restart.
 *
 * @param attempt Restarts in a row before this one: 0 is at once, then 100 ms, doubling to 30 s.
 * @param random Uniform in [0, 1): takes away up to a quarter, so that what fell together does not rise together.
 */
export function restartDelayMs(attempt: number, random: number): number {
  if (attempt === 0) return 0;
  const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (attempt - 1));
  return backOffMs * (1 - random / 4);
}
