// The place of one peer-worker in the engine: its ref outlives its incarnations, its slab does not.

import {
  type CallName,
  type CastName,
  type Clock,
  type MessageOf,
  PatientRef,
  type Ref,
  type ReplyOf,
  type Timers,
} from "@troupe/actor-runtime";
import type { PeerProtocol, PeerWorkerOptions, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import { PendingDials } from "../peers/pending-dials.ts";
import type { Slab, Slabs } from "./slabs.ts";

/** One socket read at most; bytes are consumed before the next read, so one buffer serves the thread. */
const receiveBufferBytes = 256 * 1024;
const extentUnitBytes = 16 * 1024;

/** How a peer-worker divides its payload memory: a quarter is for uploads. */
export function splitMemory(memoryBytes: number) {
  const uploadBytes = roundDown(memoryBytes / 4);
  return { uploadBytes, downloadBytes: roundDown(memoryBytes - uploadBytes) };
}

/** What a handle is made of. */
export interface PeerWorkerHandleServices {
  readonly ref: Ref<PeerProtocol>;
  /** Payload memory of the worker, a quarter of it for uploads. */
  readonly memoryBytes: number;
  /** Local addresses to dial from. */
  readonly bind: readonly string[];
  /** Connections that are being opened, accepted ones that have not shaken hands, and memory for requests. */
  readonly limits: Pick<PeerWorkerOptions, "halfOpenLimit" | "handshakeLimit" | "requestBytes">;
  readonly time: { readonly clock: Clock; readonly timers: Timers };
}

/** One peer-worker, whichever incarnation of it is there. */
export class PeerWorkerHandle {
  readonly index: number;
  readonly name: string;
  readonly ref: Ref<PeerProtocol>;
  /** Memory of the present incarnation. */
  slab: Slab | undefined;
  /** Payload memory for downloads, in bytes. */
  readonly downloadBytes: number;
  readonly #uploadBytes: number;
  readonly #bind: readonly string[];
  readonly #limits: PeerWorkerHandleServices["limits"];
  readonly dials = new PendingDials();
  readonly #hadPieces = new Map<TorrentId, PieceIndex[]>();
  readonly #patientRef: PatientRef<PeerProtocol>;

  constructor(index: number, { ref, memoryBytes, bind, limits, time }: PeerWorkerHandleServices) {
    this.index = index;
    this.name = `peer-${index}`;
    this.ref = ref;
    this.#patientRef = new PatientRef(ref, time);
    const { uploadBytes, downloadBytes } = splitMemory(memoryBytes);
    this.#uploadBytes = uploadBytes;
    this.downloadBytes = downloadBytes;
    this.#bind = bind;
    this.#limits = limits;
  }

  /** Options of the next incarnation, with memory that no earlier one can reach. */
  nextOptions(slabs: Slabs): PeerWorkerOptions {
    if (this.slab !== undefined) slabs.retire(this.slab);
    const slab = slabs.open(this.downloadBytes + this.#uploadBytes);
    this.slab = slab;
    this.#hadPieces.clear();
    return {
      slab: { id: slab.id, memory: slab.memory },
      downloadBytes: this.downloadBytes,
      uploadBytes: this.#uploadBytes,
      receiveBufferBytes,
      ...this.#limits,
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

  /** Pieces that are had no more are told of no more. @returns those that had yet to be. */
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

  /**
   * Says something that cannot be left out: at once, or in order as soon as the worker's mailbox has room. Dropped
   * while nobody is there: a newcomer is told everything anew.
   *
   * What waits here is bounded by what the worker itself asked for or has in hand (a question of each torrent, its
   * sealed pieces, its peers), and ends with it: a worker that handles nothing for two seconds is replaced.
   */
  cast<Name extends CastName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): void {
    this.#patientRef.cast(name, message);
  }

  /** Asks, after everything that was told before. @throws rejects as {@link PatientRef.call} does. */
  call<Name extends CallName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
    options: { readonly deadlineMs: number },
  ): Promise<ReplyOf<PeerProtocol, Name>> {
    return this.#patientRef.call(name, message, options);
  }

  /** Messages that the worker would take at once; 0 while some wait. */
  get credits(): number {
    return this.#patientRef.credits;
  }

  /** Tells the worker of the pieces gathered, as many as its mailbox has room for; the rest later. */
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
