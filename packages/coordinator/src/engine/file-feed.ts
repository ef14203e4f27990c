// Verified pieces on their way to the file-worker. Holds them back while its mailbox is full, and knows which are
// unanswered, so that a new file-worker gets them again: writing a piece twice is harmless.
// Bounded by the payload memory: every entry is a slot that a peer-worker cannot use meanwhile.

import type { Ref } from "@troupe/actor-runtime";
import type { FileProtocol, TorrentId, WritePiece } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";

export class FileFeed {
  readonly #file: Ref<FileProtocol>;
  readonly #unanswered = new Map<string, WritePiece>();
  readonly #held: WritePiece[] = [];
  #isWaiting = false;

  constructor(file: Ref<FileProtocol>) {
    this.#file = file;
  }

  /** Pieces not yet written. */
  get size(): number {
    return this.#unanswered.size;
  }

  write(piece: WritePiece): void {
    this.#unanswered.set(keyOf(piece.torrent, piece.piece), piece);
    this.#held.push(piece);
    this.#pump();
  }

  /** The file-worker answered for this piece, well or not. @returns what was asked. */
  answered(torrent: TorrentId, piece: PieceIndex): WritePiece | undefined {
    const key = keyOf(torrent, piece);
    const write = this.#unanswered.get(key);
    this.#unanswered.delete(key);
    return write;
  }

  /** A new file-worker is linked: everything unanswered is asked again. */
  again(): void {
    this.#held.length = 0;
    this.#held.push(...this.#unanswered.values());
    this.#isWaiting = false;
    this.#pump();
  }

  #pump(): void {
    // While unlinked nothing is sent: `again` follows with the next file-worker.
    if (this.#file.peer === undefined) return;
    while (this.#held.length > 0 && this.#file.credits > 1) {
      const piece = this.#held.shift();
      if (piece !== undefined) this.#file.cast("write-piece", piece);
    }
    if (this.#held.length === 0 || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#file.whenRoom(() => {
      this.#isWaiting = false;
      this.#pump();
    });
  }
}

function keyOf(torrent: TorrentId, piece: PieceIndex): string {
  return `${torrent}/${piece}`;
}
