/** Least pace: a paused player keeps a window of the least length. */
const leastBytesPerSecond = 256 * 1024;
/** Pace of a reader that has just begun. */
const firstBytesPerSecond = 1024 * 1024;
const measuredMs = 1_000;
/** The weight of the last measurement. */
const newShare = 0.25;

/** How fast a program reads. */
export class ReadingPace {
  bytesPerSecond: number = firstBytesPerSecond;
  #sinceMs: number;
  #bytes = 0;
  #hasWaited = false;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  read(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The program would have read faster. */
  waited(): void {
    this.#hasWaited = true;
  }

  /**
   * @param arriving Rate of the download: a reader that waits takes all that comes.
   * @returns Whether a measurement has ended.
   */
  measure(nowMs: number, arriving: number): boolean {
    const ms = nowMs - this.#sinceMs;
    if (ms < measuredMs) return false;
    const measured = (this.#bytes * 1_000) / ms;
    const wanted = this.#hasWaited ? Math.max(measured, arriving) : measured;
    const pace = newShare * wanted + (1 - newShare) * this.bytesPerSecond;
    this.bytesPerSecond = Math.max(leastBytesPerSecond, pace);
    this.#sinceMs = nowMs;
    this.#bytes = 0;
    this.#hasWaited = false;
    return true;
  }
}
