import { burstBytes, grantUnitBytes } from "@troupe/messages";

/** The bytes of one direction that a peer may transfer, and those that it has been allowed and still owes. */
export class PeerBudget {
  /** Taken from the grants for blocks that are under way. */
  owedBytes = 0;
  #bytes: number = grantUnitBytes;
  #filledAtMs: number;

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs;
  }

  /** @param bytesPerSecond 0: no limit. */
  availableBytes(bytesPerSecond: number, nowMs: number): number {
    if (bytesPerSecond === 0) return Infinity;
    const added = (bytesPerSecond * (nowMs - this.#filledAtMs)) / 1_000;
    this.#bytes = Math.min(this.#bytes + added, burstBytes(bytesPerSecond));
    this.#filledAtMs = nowMs;
    return this.#bytes;
  }

  /** Without a limit of each peer more than was saved up may be taken: that leaves no debt for a later limit. */
  take(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
    this.owedBytes += bytes;
  }

  /** The bytes have come, or were sent. */
  settle(bytes: number): void {
    this.owedBytes = Math.max(0, this.owedBytes - bytes);
  }

  /** The bytes are not transferred. @returns Those of them that had been taken. */
  giveBack(bytes: number): number {
    const owed = Math.min(bytes, this.owedBytes);
    this.owedBytes -= owed;
    this.#bytes += owed;
    return owed;
  }
}
