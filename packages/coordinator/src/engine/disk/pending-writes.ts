// Verified pieces on their way to the file-worker. Holds them back while its mailbox is full, and knows which are
// unanswered, so that a new file-worker gets them again: writing a piece twice is harmless.
// Bounded by the payload memory: every entry is a slot that a peer-worker cannot use meanwhile.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, TorrentId, WritePiece } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";

/** Pieces given to the file-worker and not yet written: half of what it takes before it refuses. */
export const sentLimit = 8_192;
/** Credits left for slabs and calls, which cannot wait. */
const reservedCredits = 256;

/** The verified pieces of all torrents that are not yet written. */
export class PendingWrites {
  readonly #file: Ref<FileProtocol>;
  readonly #unsettled = new Map<string, WritePiece>();
  #held: WritePiece[] = [];
  /** The incarnation that knows the slabs and storages: a newer one is given nothing before `again`. */
  #readyEpoch: number | undefined;
  #whenReady: (() => void)[] = [];

  constructor(file: Ref<FileProtocol>) {
    this.#file = file;
  }

  /** Pieces not yet written. */
  get size(): number {
    return this.#unsettled.size;
  }

  /** Has a piece written as soon as the file-worker can take it. */
  write(piece: WritePiece): void {
    this.#unsettled.set(keyOf(piece.torrent, piece.piece), piece);
    this.#held.push(piece);
    this.#pump();
  }

  /** What a torrent has to be written still. */
  unsettledOf(torrent: TorrentId): WritePiece[] {
    return [...this.#unsettled.values()].filter((write) => write.torrent === torrent);
  }

  /** The file-worker answered for this piece, well or not. @returns what was asked. */
  settle(torrent: TorrentId, piece: PieceIndex): WritePiece | undefined {
    const key = keyOf(torrent, piece);
    const write = this.#unsettled.get(key);
    this.#unsettled.delete(key);
    this.#pump();
    return write;
  }

  /** Settles when the file-worker at hand knows every slab and storage; never when none comes any more. */
  async whenReady(): Promise<void> {
    while (!this.#isReady) {
      await new Promise<void>((resolve) => {
        this.#whenReady.push(resolve);
      });
    }
  }

  /** A new file-worker has been told of every slab and storage: everything unanswered is asked again. */
  resendAll(): void {
    this.#held = [...this.#unsettled.values()];
    this.#readyEpoch = this.#file.peer?.epoch;
    const waiting = this.#whenReady;
    this.#whenReady = [];
    for (const resolve of waiting) resolve();
    this.#pump();
  }

  /** While unlinked nothing is sent: `again` follows with the next file-worker. */
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
