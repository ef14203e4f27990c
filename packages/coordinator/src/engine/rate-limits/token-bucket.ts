import { burstBytes, grantUnitBytes } from "@troupe/messages";

/** Share of a refill that protocol bytes may take at most. */
const protocolShare = 0.5;

/** The bytes of a limit that no worker has been granted yet. */
export class TokenBucket {
  #bytes = 0;

  /** Below 0 after bytes that were not granted. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds the bytes of the elapsed time, less the protocol bytes of that time. Protocol bytes beyond half of it are not
   * counted at all.
   */
  refill(bytesPerSecond: number, elapsedMs: number, protocolBytes: number): void {
    const added = (bytesPerSecond * elapsedMs) / 1_000;
    this.#bytes += added - Math.min(protocolBytes, added * protocolShare);
  }

  /** Puts back the bytes that a worker did not use. A number below 0 is a worker's debt. */
  putBack(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Takes the bytes of a grant. */
  take(bytes: number): void {
    this.#bytes -= bytes;
  }

  /**
   * Drops the bytes beyond half of a burst, or beyond a grant where that is more. The other half is with the workers.
   *
   * @returns Whether the bucket is full.
   */
  spill(bytesPerSecond: number): boolean {
    const most = Math.max(burstBytes(bytesPerSecond) / 2, grantUnitBytes);
    this.#bytes = Math.min(this.#bytes, most);
    return this.#bytes === most;
  }

  empty(): void {
    this.#bytes = 0;
  }
}
