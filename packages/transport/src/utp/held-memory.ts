import { leastWindowBytes, mostWindowBytes } from "./limits.ts";

/** Bytes of a slot: the payload of any packet that an Ethernet carries. */
export const slotBytes = 1_480;
/** Free slots kept for the next packets; the collector gets further ones. */
const mostFreeSlots = 256;

/** Memory of all connections for packets that wait for an earlier packet or for `resume`. */
export class HeldMemory {
  readonly #budgetBytes: number;
  readonly #free: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }

  /** At most the budget. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get freeBytes(): number {
    return this.#budgetBytes - this.#heldBytes;
  }

  /** @returns Undefined beyond the budget: the packet is dropped, and sent again by the other side. */
  take(): Uint8Array | undefined {
    if (this.#heldBytes + slotBytes > this.#budgetBytes) return undefined;
    this.#heldBytes += slotBytes;
    return this.#free.pop() ?? new Uint8Array(slotBytes);
  }

  give(slot: Uint8Array): void {
    this.#heldBytes -= slotBytes;
    if (this.#free.length < mostFreeSlots) this.#free.push(slot);
  }

  /** @returns Window of each of so many connections. */
  shareOf(connections: number): number {
    const share = Math.floor(this.#budgetBytes / Math.max(connections, 1));
    return Math.min(Math.max(share, leastWindowBytes), mostWindowBytes);
  }
}
