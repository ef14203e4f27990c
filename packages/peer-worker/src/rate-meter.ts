const windowMs = 5_000;
/** Shorter readings are too noisy. */
const shortestReadingMs = 100;

/** The smoothed rate of one direction of a connection or torrent, in bytes per second. */
export class RateMeter {
  #startedAtMs: number;
  #readAtMs: number;
  #bytes = 0;
  #bytesPerSecond = 0;
  #lastBytesPerSecond = 0;

  constructor(nowMs: number) {
    this.#startedAtMs = nowMs;
    this.#readAtMs = nowMs;
  }

  /** Smoothed over about 5 s; before that the plain mean. Changes only in `read`. */
  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  /** Between the last two readings. */
  get lastBytesPerSecond(): number {
    return this.#lastBytesPerSecond;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Call it about once a second. */
  read(nowMs: number): void {
    const sinceMs = nowMs - this.#readAtMs;
    if (sinceMs < shortestReadingMs) return;
    this.#lastBytesPerSecond = (this.#bytes * 1_000) / sinceMs;
    const weight = Math.max(
      1 - Math.exp(-sinceMs / windowMs),
      sinceMs / (nowMs - this.#startedAtMs),
    );
    this.#bytesPerSecond += (this.#lastBytesPerSecond - this.#bytesPerSecond) * weight;
    if (this.#bytesPerSecond < 1) this.#bytesPerSecond = 0;
    this.#bytes = 0;
    this.#readAtMs = nowMs;
  }

  /** For a peer that may send again after a pause. */
  restart(nowMs: number): void {
    this.#startedAtMs = nowMs;
    this.#readAtMs = nowMs;
    this.#bytes = 0;
  }
}
