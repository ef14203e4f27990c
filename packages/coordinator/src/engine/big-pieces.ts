// Pieces larger than a worker's whole download memory: each gets a slab of its own, one at a time in the engine.

import type { LeaseId } from "@troupe/messages";
import type { Slab, SlabBook } from "./slab-book.ts";

const slotBytes = 16 * 1024;

/** The one large piece of the whole engine that is leased, being hashed or being written. */
export class BigPieces {
  #taken: { readonly lease: LeaseId; readonly slab: Slab } | undefined;

  get isTaken(): boolean {
    return this.#taken !== undefined;
  }

  /** Makes the slab for a lease. Only while nothing is taken. */
  take(slabs: SlabBook, lease: LeaseId, lengthBytes: number): Slab {
    if (this.#taken !== undefined) throw new Error("bug: a second big piece was leased");
    const slab = slabs.open(Math.ceil(lengthBytes / slotBytes) * slotBytes);
    this.#taken = { lease, slab };
    return slab;
  }

  /** The slab made for this lease, while it stands. */
  slabOf(lease: LeaseId): Slab | undefined {
    return this.#taken?.lease === lease ? this.#taken.slab : undefined;
  }

  /** The lease has ended (written, failed, given back, its worker gone): the slab goes when it is read out. */
  release(slabs: SlabBook, lease: LeaseId): void {
    if (this.#taken?.lease !== lease) return;
    slabs.retire(this.#taken.slab);
    this.#taken = undefined;
  }

  /** The same by its memory: the piece is written, failed, or lost with its worker. */
  releaseIf(slabs: SlabBook, slab: Slab): void {
    if (this.#taken?.slab === slab) this.release(slabs, this.#taken.lease);
  }

  /** The same for a worker that is gone: `isLeased` tells which leases are still held by anybody. */
  releaseUnless(slabs: SlabBook, isLeased: (lease: LeaseId) => boolean): void {
    if (this.#taken !== undefined && this.#taken.slab.inUse === 0 && !isLeased(this.#taken.lease)) {
      this.release(slabs, this.#taken.lease);
    }
  }
}
