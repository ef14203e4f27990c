/** Bytes that a line carries at once after a pause, in seconds of its rate. */
const burstSeconds = 0.05;

/** One direction of the line of a peer. Bytes may be taken while any credit is left; the debt is paid by waiting. */
export class Line {
  readonly #bytesPerSecond: number;
  #creditBytes = 0;
  #atMs: number;

  constructor(bytesPerSecond: number, nowMs: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#atMs = nowMs;
  }

  /** @returns Milliseconds until bytes may be taken; 0: now. */
  waitMs(nowMs: number): number {
    const earned = ((nowMs - this.#atMs) * this.#bytesPerSecond) / 1_000;
    this.#creditBytes = Math.min(this.#creditBytes + earned, burstSeconds * this.#bytesPerSecond);
    this.#atMs = nowMs;
    // Less than a byte of debt is a rounding error.
    return this.#creditBytes > -1 ? 0 : (-1_000 * this.#creditBytes) / this.#bytesPerSecond;
  }

  take(lengthBytes: number): void {
    this.#creditBytes -= lengthBytes;
  }
}
