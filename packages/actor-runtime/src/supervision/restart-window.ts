// How often and how soon a crashed actor is restarted. Pure.

const firstBackOffMs = 100;

/** How the waits of restarts in a row grow. */
interface BackOff {
  /** Waits that are no longer than the first. */
  readonly quickRestarts: number;
  readonly factor: number;
  /** A member that runs for this time is restarted at once. */
  readonly steadyMs: number;
  readonly longestMs: number;
}

const longestBackOffMs = 30_000;

/** A few crashes cost a transfer little; a worker that crashes whenever it starts comes to long waits, not to the limit. */
const ofLargeLimit: BackOff = {
  ...{ quickRestarts: 4, factor: 8 },
  ...{ steadyMs: longestBackOffMs, longestMs: longestBackOffMs },
};
/** A small limit is used up within seconds, so that a torrent does not wait for an engine that always crashes. */
const ofSmallLimit: BackOff = { ...ofLargeLimit, quickRestarts: 1, factor: 2 };
const leastLargeLimit = 10;
/** A supervisor that never gives up: its member costs nothing else when it crashes, and people wait for it. */
const ofNoLimit: BackOff = { quickRestarts: 1, factor: 2, steadyMs: 500, longestMs: 2_000 };

function backOffOf(maxRestarts: number): BackOff {
  if (maxRestarts === Infinity) return ofNoLimit;
  return maxRestarts < leastLargeLimit ? ofSmallLimit : ofLargeLimit;
}

/** After this time without a crash the next restart has no delay. */
export function steadyMs(maxRestarts: number): number {
  return backOffOf(maxRestarts).steadyMs;
}

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
    if (this.#maxRestarts === Infinity) return true;
    this.#restartsMs = this.#restartsMs.filter((thenMs) => nowMs - thenMs < this.#withinMs);
    if (this.#restartsMs.length >= this.#maxRestarts) return false;
    this.#restartsMs.push(nowMs);
    return true;
  }
}

/**
 * Milliseconds to wait before a restart.
 * @param attempt Restarts in a row before: 0 is at once. With a limit of ten and more the next four wait 100 ms, each further
 *   one eight times as long, to 30 s; with a smaller one each waits twice as long, without a limit to 2 s.
 * @param maxRestarts The limit of the supervisor; Infinity: none.
 * @param random Uniform in [0, 1): takes away up to a quarter, so that simultaneous crashes do not restart together.
 */
export function restartDelayMs(attempt: number, maxRestarts: number, random: number): number {
  if (attempt === 0) return 0;
  const { quickRestarts, factor, longestMs } = backOffOf(maxRestarts);
  const slowRestarts = Math.max(0, attempt - quickRestarts);
  const backOffMs = Math.min(longestMs, firstBackOffMs * factor ** slowRestarts);
  return backOffMs * (1 - random / 4);
}
