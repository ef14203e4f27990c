// Pieces larger than a worker's download memory: each gets its own slab, one at a time in the engine.

import { extentUnitBytes, type LeaseId, type TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Slab, Slabs } from "../base/slabs.ts";

/** The lease of the oversized piece. */
interface OversizedPieceHolder {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly worker: number;
}

/** The engine's oversized piece that is leased, being hashed or being written. */
export class OversizedPieces {
  readonly #freed: () => void;
  #taken: { readonly holder: OversizedPieceHolder; readonly slab: Slab } | undefined;

  /** @param freed Called when the next may be leased. */
  constructor(freed: () => void) {
    this.#freed = freed;
  }

  get holder(): OversizedPieceHolder | undefined {
    return this.#taken?.holder;
  }

  get isTaken(): boolean {
    return this.#taken !== undefined;
  }

  /** Makes the slab. Only while nothing is taken. */
  take(slabs: Slabs, holder: OversizedPieceHolder, lengthBytes: number): Slab {
    if (this.#taken !== undefined) throw new Error("bug: a second big piece was leased");
    const slab = slabs.open(Math.ceil(lengthBytes / extentUnitBytes) * extentUnitBytes);
    this.#taken = { holder, slab };
    return slab;
  }

  slabOf(lease: LeaseId): Slab | undefined {
    return this.#taken?.holder.lease === lease ? this.#taken.slab : undefined;
  }

  /** The lease has ended (written, failed, returned, worker crashed): the slab is freed after its last reader. */
  release(slabs: Slabs, lease: LeaseId): void {
    if (this.#taken?.holder.lease !== lease) return;
    slabs.retire(this.#taken.slab);
    this.#taken = undefined;
    this.#freed();
  }

  /** Releases this slab if it is taken. */
  releaseIf(slabs: Slabs, slab: Slab): void {
    if (this.#taken?.slab === slab) this.release(slabs, this.#taken.holder.lease);
  }

  /** Releases the slab after a worker's crash, unless its lease stands. */
  releaseUnless(slabs: Slabs, isLeased: (lease: LeaseId) => boolean): void {
    if (this.#taken === undefined || this.#taken.slab.inUse > 0) return;
    const { lease } = this.#taken.holder;
    if (!isLeased(lease)) this.release(slabs, lease);
  }
}
