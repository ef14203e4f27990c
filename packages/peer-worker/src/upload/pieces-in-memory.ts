// Pieces that reads for uploads have just brought from a slow disk into the memory of the system. Peers that lack them hear
// of them (BEP 6), so that the requests of several peers cost the disk a single read.
//
// A disk whose reads are quick, or find all bytes in memory, needs no suggestions: they would give many peers the same
// pieces, while a swarm is best served when each peer gets others.

import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { maxPiecesInMemory, pieceInMemoryMs } from "../limits.ts";

/** A read of a piece, and the peers whose requests it was for. */
interface ReadPiece {
  readonly atMs: number;
  readonly readers: Set<PeerRowIndex>;
}

/** The pieces of a torrent that were read last. */
export class PiecesInMemory {
  /** The longest unread first. */
  readonly #pieces = new Map<PieceIndex, ReadPiece>();

  note(piece: PieceIndex, reader: PeerRowIndex, nowMs: number): void {
    const readers = this.#pieces.get(piece)?.readers ?? new Set();
    this.#pieces.delete(piece);
    this.#pieces.set(piece, { atMs: nowMs, readers: readers.add(reader) });
    const [oldest] = this.#pieces.keys();
    if (this.#pieces.size > maxPiecesInMemory && oldest !== undefined) this.#pieces.delete(oldest);
  }

  /** @returns The pieces that were read for other peers alone; the last one read comes first. */
  readForOthers(peer: PeerRowIndex, nowMs: number): PieceIndex[] {
    const pieces: PieceIndex[] = [];
    for (const [piece, { atMs, readers }] of this.#pieces) {
      if (nowMs - atMs >= pieceInMemoryMs) this.#pieces.delete(piece);
      else if (!readers.has(peer)) pieces.push(piece);
    }
    return pieces.toReversed();
  }
}
