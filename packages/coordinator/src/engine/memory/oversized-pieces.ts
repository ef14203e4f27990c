// Pieces larger than a worker's whole download memory: each gets a slab of its own, one at a time in the engine.

import type { LeaseId, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import type { Slab, Slabs } from "../base/slabs.ts";

const extentUnitBytes = 16 * 1024;

/** Who has it. */
export interface OversizedPieceHolder {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  /** Index of the peer-worker. */
  readonly worker: number;
}

/** The one oversized piece of the whole engine that is leased, being hashed or being written. */
export class OversizedPieces {
  readonly #freed: () => void;
  #taken: { readonly holder: OversizedPieceHolder; readonly slab: Slab } | undefined;

  /** @param freed Told each time when the next one may be leased. */
  constructor(freed: () => void) {
    this.#freed = freed;
  }

  /** Who has it; also while it is hashed and written. */
  get holder(): OversizedPieceHolder | undefined {
    return this.#taken?.holder;
  }

  get isTaken(): boolean {
    return this.#taken !== undefined;
  }

  /** Makes the slab for a lease. Only while nothing is taken. */
  take(slabs: Slabs, holder: OversizedPieceHolder, lengthBytes: number): Slab {
    if (this.#taken !== undefined) throw new Error("bug: a second big piece was leased");
    const slab = slabs.open(Math.ceil(lengthBytes / extentUnitBytes) * extentUnitBytes);
    this.#taken = { holder, slab };
    return slab;
  }

  /** The slab made for this lease, while it stands. */
  slabOf(lease: LeaseId): Slab | undefined {
    return this.#taken?.holder.lease === lease ? this.#taken.slab : undefined;
  }

  /** The lease has ended (written, failed, given back, its worker gone): the slab goes when it is read out. */
  release(slabs: Slabs, lease: LeaseId): void {
    if (this.#taken?.holder.lease !== lease) return;
    slabs.retire(this.#taken.slab);
    this.#taken = undefined;
    this.#freed();
  }

  /** The same by its memory: the piece is written, failed, or lost with its worker. */
  releaseIf(slabs: Slabs, slab: Slab): void {
    if (this.#taken?.slab === slab) this.release(slabs, this.#taken.holder.lease);
  }

  /** The same for a worker that is gone: `isLeased` tells which leases are still held by anybody. */
  releaseUnless(slabs: Slabs, isLeased: (lease: LeaseId) => boolean): void {
    if (this.#taken === undefined || this.#taken.slab.inUse > 0) return;
    const { lease } = this.#taken.holder;
    if (!isLeased(lease)) this.release(slabs, lease);
  }
}
