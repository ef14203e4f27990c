/** Counts events of a window of time, which begins with its first event. */
export class WindowCount {
  readonly #most: number;
  readonly #windowMs: number;
  #endsAtMs = 0;
  #count = 0;

  /** @param most Events of a window. */
  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** @param nowMs Monotonic, at least 0. @returns False: the window has no room for a further event. */
  take(nowMs: number): boolean {
    if (nowMs >= this.#endsAtMs) {
      this.#endsAtMs = nowMs + this.#windowMs;
      this.#count = 0;
    }
    if (this.#count >= this.#most) return false;
    this.#count++;
    return true;
  }

  /** @returns The time until the next window may begin; 0 between two windows. */
  pauseMs(nowMs: number): number {
    return Math.max(0, this.#endsAtMs - nowMs);
  }
}
