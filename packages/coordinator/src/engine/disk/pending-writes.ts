// Verified pieces on their way to the file-worker. Kept until settled, so that a restarted file-worker gets them again:
// writing a piece twice is harmless. Bounded by the payload memory that they occupy.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, TorrentId, WritePiece } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";

/** Half of what the file-worker takes before it refuses. */
export const sentLimit = 8_192;
/** Reserved for slabs and calls, which cannot wait. */
const reservedCredits = 256;

/** The pending writes of all torrents. */
export class PendingWrites {
  readonly #file: Ref<FileProtocol>;
  readonly #unsettled = new Map<string, WritePiece>();
  #held: WritePiece[] = [];
  /** The incarnation that has the slabs and storages; a newer one gets no writes before `resendAll`. */
  #readyEpoch: number | undefined;
  #whenReady: (() => void)[] = [];

  constructor(file: Ref<FileProtocol>) {
    this.#file = file;
  }

  get size(): number {
    return this.#unsettled.size;
  }

  /** Writes a piece as soon as the file-worker can take it. */
  write(piece: WritePiece): void {
    this.#unsettled.set(keyOf(piece.torrent, piece.piece), piece);
    this.#held.push(piece);
    this.#pump();
  }

  unsettledOf(torrent: TorrentId): WritePiece[] {
    return [...this.#unsettled.values()].filter((write) => write.torrent === torrent);
  }

  /** The file-worker has written or refused the piece. @returns the request. */
  settle(torrent: TorrentId, piece: PieceIndex): WritePiece | undefined {
    const key = keyOf(torrent, piece);
    const write = this.#unsettled.get(key);
    this.#unsettled.delete(key);
    this.#pump();
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

  readonly #pump = (): void => {
    if (!this.#isReady) return;
    let given = this.#unsettled.size - this.#held.length;
    let sent = 0;
    while (given < sentLimit && this.#file.credits > reservedCredits) {
      const piece = this.#held[sent];
      if (piece === undefined) break;
      this.#file.cast("write-piece", piece);
      sent++;
      given++;
    }
    if (sent > 0) this.#held.splice(0, sent);
    if (this.#held.length > 0 && given < sentLimit) this.#file.whenRoom(this.#pump);
  };
}

function keyOf(torrent: TorrentId, piece: PieceIndex): string {
  return `${torrent}/${piece}`;
}
