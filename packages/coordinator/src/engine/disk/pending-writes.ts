// Verified pieces on their way to the file-worker. Kept until settled, so that a restarted file-worker gets them again:
// writing a piece twice is harmless. Bounded by the payload memory that they occupy.

import type { Ref, Timers } from "@troupe/actor-runtime";
import type { FileProtocol, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { VerifiedPiece } from "../base/verified-piece.ts";

/** Half of what the file-worker takes before it refuses. */
export const sentLimit = 8_192;
/** Reserved for slabs and calls, which cannot wait. */
const reservedCredits = 256;
/** Pieces of one message. */
const groupPieces = 256;
/** More than a torrent has pieces. */
const keysPerTorrent = 2 ** 22;

/** The pending writes of all torrents. */
export class PendingWrites {
  readonly #file: Ref<FileProtocol>;
  readonly #timers: Pick<Timers, "soon">;
  readonly #unsettled = new Map<number, VerifiedPiece>();
  #held: VerifiedPiece[] = [];
  /** The incarnation that has the slabs and storages; a newer one gets no writes before `resendAll`. */
  #readyEpoch: number | undefined;
  #whenReady: (() => void)[] = [];
  #isPumpPlanned = false;

  /** @param timers Gather the pieces of a turn. */
  constructor(file: Ref<FileProtocol>, timers: Pick<Timers, "soon">) {
    this.#file = file;
    this.#timers = timers;
  }

  get size(): number {
    return this.#unsettled.size;
  }

  /** Writes a piece as soon as the file-worker can take it. */
  write(piece: VerifiedPiece): void {
    this.#unsettled.set(keyOf(piece.torrent, piece.piece), piece);
    this.#held.push(piece);
    this.#planPump();
  }

  unsettledOf(torrent: TorrentId): VerifiedPiece[] {
    return [...this.#unsettled.values()].filter((write) => write.torrent === torrent);
  }

  /** The file-worker has written or refused the piece. @returns the request. */
  settle(torrent: TorrentId, piece: PieceIndex): VerifiedPiece | undefined {
    const key = keyOf(torrent, piece);
    const write = this.#unsettled.get(key);
    this.#unsettled.delete(key);
    if (this.#held.length > 0) this.#planPump();
    return write;
  }

  /** Settles when the present file-worker has every slab and storage. */
  async whenReady(): Promise<void> {
    while (!this.#isReady) {
      await new Promise<void>((resolve) => {
        this.#whenReady.push(resolve);
      });
    }
  }

  /** For a restarted file-worker that has every slab and storage. */
  resendAll(): void {
    this.#held = [...this.#unsettled.values()];
    this.#readyEpoch = this.#file.peer?.epoch;
    const waiting = this.#whenReady;
    this.#whenReady = [];
    for (const resolve of waiting) resolve();
    this.#pump();
  }

  get #isReady(): boolean {
    return this.#file.peer !== undefined && this.#file.peer.epoch === this.#readyEpoch;
  }

  #planPump(): void {
    if (this.#isPumpPlanned) return;
    this.#isPumpPlanned = true;
    this.#timers.soon(() => {
      this.#isPumpPlanned = false;
      this.#pump();
    });
  }

  readonly #pump = (): void => {
    if (!this.#isReady) return;
    const given = this.#unsettled.size - this.#held.length;
    const most = Math.min(this.#held.length, sentLimit - given);
    let sent = 0;
    while (sent < most && this.#file.credits > reservedCredits) sent = this.#sendGroup(sent, most);
    if (sent > 0) this.#held.splice(0, sent);
    if (this.#held.length > 0 && given + sent < sentLimit) this.#file.whenRoom(this.#pump);
  };

  /** Sends held pieces of one torrent in one slab. @returns The index after the last. */
  #sendGroup(from: number, until: number): number {
    const first = this.#held[from];
    if (first === undefined) return until;
    const { torrent, slab } = first;
    const places: number[] = [];
    let at = from;
    for (const end = Math.min(until, from + groupPieces); at < end; at++) {
      const next = this.#held[at];
      if (next?.torrent !== torrent || next.slab !== slab) break;
      places.push(next.piece, next.offset, next.lengthBytes);
    }
    this.#file.cast("write-pieces", { torrent, slab, places });
    return at;
  }
}

function keyOf(torrent: TorrentId, piece: PieceIndex): number {
  return torrent * keysPerTorrent + piece;
}
