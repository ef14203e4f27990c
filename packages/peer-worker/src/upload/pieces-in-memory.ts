// Pieces that reads for uploads have just brought from a slow disk into the memory of the system. They are suggested to peers
// that lack them (BEP 6), so that the requests of several peers cost the disk a single read.
//
// Without slow reads nothing is suggested: suggestions give many peers the same pieces, and a swarm is served best when each
// peer gets other pieces.

import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { maxPiecesInMemory, pieceInMemoryMs } from "../limits.ts";

/** A read of a piece, with the peers that had requested it. */
interface ReadPiece {
  readonly atMs: number;
  readonly readers: Set<PeerRowIndex>;
}

/** The pieces of a torrent that were read last. */
export class PiecesInMemory {
  /** The pieces, the longest unread piece first. */
  readonly #pieces = new Map<PieceIndex, ReadPiece>();

  note(piece: PieceIndex, reader: PeerRowIndex, nowMs: number): void {
    const readers = this.#pieces.get(piece)?.readers ?? new Set();
    this.#pieces.delete(piece);
    this.#pieces.set(piece, { atMs: nowMs, readers: readers.add(reader) });
    const [oldest] = this.#pieces.keys();
    if (this.#pieces.size > maxPiecesInMemory && oldest !== undefined) this.#pieces.delete(oldest);
  }

  /** @returns The pieces that were read for other peers alone, the last read piece first. */
  readForOthers(peer: PeerRowIndex, nowMs: number): PieceIndex[] {
    const pieces: PieceIndex[] = [];
    for (const [piece, { atMs, readers }] of this.#pieces) {
      if (nowMs - atMs >= pieceInMemoryMs) this.#pieces.delete(piece);
      else if (!readers.has(peer)) pieces.push(piece);
    }
    return pieces.toReversed();
  }
}
