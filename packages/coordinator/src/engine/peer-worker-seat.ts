// The place of one peer-worker in the engine: its ref outlives its incarnations, its slab does not.

import type { Ref } from "@troupe/actor-runtime";
import type { PeerProtocol, PeerWorkerOptions, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import { DialBook } from "./dial-book.ts";
import type { Slab, SlabBook } from "./slab-book.ts";

/** One socket read at most; bytes are consumed before the next read, so one buffer serves the thread. */
const receiveBufferBytes = 256 * 1024;
/** Dials under way in one engine, all torrents together. */
export const halfOpenLimit = 200;
const slotBytes = 16 * 1024;

export class PeerWorkerSeat {
  readonly index: number;
  readonly name: string;
  readonly ref: Ref<PeerProtocol>;
  /** Memory of the present incarnation. */
  slab: Slab | undefined;
  /** Payload memory for downloads, in bytes. */
  readonly downloadBytes: number;
  readonly #uploadBytes: number;
  readonly #bind: readonly string[];
  readonly dials = new DialBook();
  readonly #hadPieces = new Map<TorrentId, PieceIndex[]>();

  constructor(index: number, ref: Ref<PeerProtocol>, memoryBytes: number, bind: readonly string[]) {
    this.index = index;
    this.name = `peer-${index}`;
    this.ref = ref;
    this.#uploadBytes = roundDown(memoryBytes / 4);
    this.downloadBytes = roundDown(memoryBytes - this.#uploadBytes);
    this.#bind = bind;
  }

  /** Options of the next incarnation, with memory that no earlier one can reach. */
  nextOptions(slabs: SlabBook): PeerWorkerOptions {
    if (this.slab !== undefined) slabs.retire(this.slab);
    const slab = slabs.open(this.downloadBytes + this.#uploadBytes);
    this.slab = slab;
    this.#hadPieces.clear();
    return {
      slab: { id: slab.id, memory: slab.memory },
      downloadBytes: this.downloadBytes,
      uploadBytes: this.#uploadBytes,
      receiveBufferBytes,
      halfOpenLimit,
      bind: this.#bind,
    };
  }

  /** Gathers a piece that is had for the next `flushHad`. @returns whether it is the first since then. */
  noteHad(torrent: TorrentId, piece: PieceIndex): boolean {
    const isFirst = this.#hadPieces.size === 0;
    const pieces = this.#hadPieces.get(torrent);
    if (pieces === undefined) this.#hadPieces.set(torrent, [piece]);
    else pieces.push(piece);
    return isFirst;
  }

  /** Tells the worker of the pieces gathered, when its mailbox has room; later otherwise. */
  flushHad(): void {
    if (this.ref.peer === undefined) return this.#hadPieces.clear();
    if (this.ref.credits < this.#hadPieces.size + 1) return this.ref.whenRoom(() => this.flushHad());
    for (const [torrent, pieces] of this.#hadPieces) {
      this.ref.cast("pieces-had", { torrent, pieces });
    }
    this.#hadPieces.clear();
  }
}

function roundDown(bytes: number): number {
  return Math.floor(bytes / slotBytes) * slotBytes;
}
