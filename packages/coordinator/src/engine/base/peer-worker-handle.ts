import { PatientRef, type Clock, type Ref, type Timers } from "@troupe/actor-runtime";
import {
  extentUnitBytes,
  type PeerProtocol,
  type PeerWorkerOptions,
  type TorrentId,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import { PendingDials } from "../peers/pending-dials.ts";
import type { Slab, Slabs } from "./slabs.ts";

/** Bytes of a read are consumed before the next, so a single buffer serves the thread. */
const receiveBufferBytes = 256 * 1024;

/** A quarter of the payload memory is for uploads. */
export function splitMemory(memoryBytes: number) {
  const uploadBytes = roundDown(memoryBytes / 4);
  return { uploadBytes, downloadBytes: roundDown(memoryBytes - uploadBytes) };
}

/** The services of a handle. */
interface PeerWorkerHandleServices {
  readonly ref: Ref<PeerProtocol>;
  readonly memoryBytes: number;
  readonly options: Pick<
    PeerWorkerOptions,
    "bind" | "client" | "halfOpenLimit" | "handshakeLimit" | "requestBytes"
  >;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
}

/** A peer-worker in the engine. The handle outlives the incarnations; each has a slab of its own. */
export class PeerWorkerHandle {
  readonly index: number;
  readonly name: string;
  readonly ref: Ref<PeerProtocol>;
  slab: Slab | undefined;
  /** Options that every incarnation gets. */
  readonly #options: Omit<PeerWorkerOptions, "slab">;
  readonly dials = new PendingDials();
  readonly #hadPieces = new Map<TorrentId, PieceIndex[]>();
  /**
   * For every message but `pieces-had`, `listen` and `dial`. Waiting casts are bounded by what the worker itself caused (a
   * request of each torrent, its sealed pieces, its peers), and by its life: a worker that handles nothing for two seconds
   * is replaced.
   */
  readonly calls: PatientRef<PeerProtocol>;

  constructor(index: number, { ref, memoryBytes, options, time }: PeerWorkerHandleServices) {
    this.index = index;
    this.name = `peer-${index}`;
    this.ref = ref;
    this.calls = new PatientRef(ref, time);
    this.#options = { ...splitMemory(memoryBytes), receiveBufferBytes, ...options };
  }

  get downloadBytes(): number {
    return this.#options.downloadBytes;
  }

  /** In memory that no earlier incarnation can reach. */
  nextOptions(slabs: Slabs): PeerWorkerOptions {
    if (this.slab !== undefined) slabs.retire(this.slab);
    const { downloadBytes, uploadBytes } = this.#options;
    const slab = slabs.open(downloadBytes + uploadBytes);
    this.slab = slab;
    this.#hadPieces.clear();
    return { ...this.#options, slab: { id: slab.id, memory: slab.memory } };
  }

  /** Gathers a had piece for `flushHad`. @returns whether it is the first since then. */
  noteHad(torrent: TorrentId, piece: PieceIndex): boolean {
    const isFirst = this.#hadPieces.size === 0;
    const pieces = this.#hadPieces.get(torrent);
    if (pieces === undefined) this.#hadPieces.set(torrent, [piece]);
    else pieces.push(piece);
    return isFirst;
  }

  /** @returns the gathered pieces that were dropped. */
  forgetHad(torrent: TorrentId, lost: readonly PieceIndex[]): PieceIndex[] {
    const gathered = this.#hadPieces.get(torrent);
    if (gathered === undefined) return [];
    const isLost = new Set(lost);
    this.#hadPieces.set(
      torrent,
      gathered.filter((piece) => !isLost.has(piece)),
    );
    return gathered.filter((piece) => isLost.has(piece));
  }

  /** Sends gathered pieces as far as the mailbox has room, the rest later. */
  flushHad(): void {
    if (this.ref.peer === undefined) return this.#hadPieces.clear();
    for (const [torrent, pieces] of this.#hadPieces) {
      if (this.ref.credits === 0) return this.ref.whenRoom(() => this.flushHad());
      this.ref.cast("pieces-had", { torrent, pieces });
      this.#hadPieces.delete(torrent);
    }
  }
}

function roundDown(bytes: number): number {
  return Math.floor(bytes / extentUnitBytes) * extentUnitBytes;
}
