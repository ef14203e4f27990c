import { ackDelayMs, firstTimeoutMs, leastTimeoutMs, mostTimeoutMs } from "./limits.ts";

/** Round trips and the retransmission time-out (RFC 6298). */
export class RoundTrip {
  #smoothedMs = 0;
  #varianceMs = 0;
  #leastMs = Infinity;
  #timeoutMs = firstTimeoutMs;

  get timeoutMs(): number {
    return this.#timeoutMs;
  }

  /** An acknowledgement that has not come by then is late; infinite before the first round trip. */
  get lateMs(): number {
    return this.#leastMs === Infinity ? Infinity : 2 * this.#smoothedMs + 2 * ackDelayMs;
  }

  /** The shortest so far; infinite before the first. */
  get leastMs(): number {
    return this.#leastMs;
  }

  /** @param sampleMs Round trip of a packet that was sent once (Karn's rule). */
  sample(sampleMs: number): void {
    if (this.#leastMs === Infinity) {
      this.#smoothedMs = sampleMs;
      this.#varianceMs = sampleMs / 2;
    } else {
      const offMs = Math.abs(this.#smoothedMs - sampleMs);
      this.#varianceMs += (offMs - this.#varianceMs) / 4;
      this.#smoothedMs += (sampleMs - this.#smoothedMs) / 8;
    }
    this.#leastMs = Math.min(this.#leastMs, sampleMs);
    this.#settle();
  }

  /** The time-out doubles until the next sample. */
  timedOut(): void {
    this.#timeoutMs = Math.min(this.#timeoutMs * 2, mostTimeoutMs);
  }

  #settle(): void {
    const timeoutMs = this.#smoothedMs + 4 * this.#varianceMs;
    this.#timeoutMs = Math.min(Math.max(timeoutMs, leastTimeoutMs), mostTimeoutMs);
  }
}
