import type { PeerRowIndex } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

import { wholeFileEndgameMs } from "../limits.ts";

/**
 * The leased pieces of web seeds that give whole files only. Blocks of other pieces would come in another order than the
 * bytes of a file do, and a peer that takes blocks of these pieces would leave bytes that arrive in vain.
 */
export class ReservedPieces {
  readonly #seeds = new Set<PeerRowIndex>();
  readonly #rows = new Map<PieceIndex, PeerRowIndex>();
  #endgameSinceMs: number | undefined;

  /** No connected peer has a piece left to lease, or has again: peers without other work may take blocks of these pieces. */
  setEndgame(isEndgame: boolean, nowMs: number): void {
    this.#endgameSinceMs = isEndgame ? (this.#endgameSinceMs ?? nowMs) : undefined;
  }

  /** The web seed in this row gives whole files from now on. */
  addSeed(row: PeerRowIndex): void {
    this.#seeds.add(row);
  }

  /** The web seed is closed. */
  removeSeed(row: PeerRowIndex): void {
    if (!this.#seeds.delete(row)) return;
    for (const [piece, owner] of this.#rows) if (owner === row) this.#rows.delete(piece);
  }

  /** Nothing is reserved for a row without such a web seed. */
  add(piece: PieceIndex, row: PeerRowIndex): void {
    if (this.#seeds.has(row)) this.#rows.set(piece, row);
  }

  remove(piece: PieceIndex): void {
    this.#rows.delete(piece);
  }

  hasSeed(row: PeerRowIndex): boolean {
    return this.#seeds.has(row);
  }

  /**
   * Whether a web seed that gives whole files may be asked for blocks of a piece: its own pieces, those that only such web
   * seeds have, and in a long endgame all, as their peers may choke us or be slow.
   * @param availability Availability of the piece, in this worker.
   */
  mayAskFor(piece: PieceIndex, row: PeerRowIndex, availability: number, nowMs: number): boolean {
    if (this.#rows.get(piece) === row || availability <= this.#seeds.size) return true;
    return nowMs - (this.#endgameSinceMs ?? nowMs) >= wholeFileEndgameMs;
  }

  /** Whether a free block of the piece is left to the web seed in another row. */
  isKeptFrom(piece: PieceIndex, row: PeerRowIndex): boolean {
    if (this.#rows.size === 0 || this.#endgameSinceMs !== undefined) return false;
    return (this.#rows.get(piece) ?? row) !== row;
  }
}
