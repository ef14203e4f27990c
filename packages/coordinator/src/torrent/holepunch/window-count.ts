/** Counts events of a window of time, which begins with its first event. */
export class WindowCount {
  readonly #most: number;
  readonly #windowMs: number;
  #beganAtMs = -Infinity;
  #count = 0;

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** @returns False: the window has no room for a further event. */
  take(nowMs: number): boolean {
    if (nowMs - this.#beganAtMs >= this.#windowMs) {
      this.#beganAtMs = nowMs;
      this.#count = 0;
    }
    if (this.#count >= this.#most) return false;
    this.#count++;
    return true;
  }
}
