import { burstBytes, grantUnitBytes } from "@troupe/messages";
import { HashBudget } from "./hash-budget.ts";

/** The bytes of one direction that a peer may transfer, and the bytes that it took and has not transferred yet. */
export class PeerBudget {
  /** Bytes taken for blocks that are under way. */
  owedBytes = 0;
  readonly hashes: HashBudget = new HashBudget();
  #bytes: number = grantUnitBytes;
  #filledAtMs: number;

  constructor(nowMs: number) {
    this.#filledAtMs = nowMs;
  }

  /** @param bytesPerSecond Above 0. */
  availableBytes(bytesPerSecond: number, nowMs: number): number {
    const added = (bytesPerSecond * (nowMs - this.#filledAtMs)) / 1_000;
    this.#bytes = Math.min(this.#bytes + added, burstBytes(bytesPerSecond));
    this.#filledAtMs = nowMs;
    return this.#bytes;
  }

  /** Without a limit of each peer more bytes may be taken than were saved up. They leave no debt for a later limit. */
  take(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes);
    this.owedBytes += bytes;
  }

  /** The bytes have arrived, or were sent. */
  settle(bytes: number): void {
    this.owedBytes = Math.max(0, this.owedBytes - bytes);
  }

  /** The bytes are not transferred. @returns The number of these bytes that had been taken. */
  giveBack(bytes: number): number {
    const owed = Math.min(bytes, this.owedBytes);
    this.owedBytes -= owed;
    this.#bytes += owed;
    return owed;
  }
}
