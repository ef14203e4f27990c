import type { Deadline } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** A reader that jumps has no deadlines for a moment, and comes back. */
const urgentForMs = 10_000;

/** The pieces of a torrent that have a deadline, on this worker's clock. */
export class DeadlinePieces {
  /** Deadlines, the earliest first. */
  #atMs: Map<PieceIndex, number> = new Map<PieceIndex, number>();

  #usedAtMs = -Infinity;

  /** Pieces have deadlines, or had some seconds ago. */
  isUrgent(nowMs: number): boolean {
    if (!this.isEmpty) this.#usedAtMs = nowMs;
    return nowMs - this.#usedAtMs < urgentForMs;
  }

  get isEmpty(): boolean {
    return this.#atMs.size === 0;
  }

  has(piece: PieceIndex): boolean {
    return this.#atMs.has(piece);
  }

  /** The deadline of a piece. */
  atMs(piece: PieceIndex): number | undefined {
    return this.#atMs.get(piece);
  }

  /** Replaces all deadlines. */
  set(deadlines: readonly Deadline[], nowMs: number): void {
    if (!this.isEmpty) this.#usedAtMs = nowMs;
    const earliestFirst = deadlines.toSorted((one, other) => one.ms - other.ms);
    this.#atMs = new Map(earliestFirst.map(({ piece, ms }) => [piece, nowMs + ms]));
  }

  /** The piece is had. */
  delete(piece: PieceIndex): void {
    this.#atMs.delete(piece);
  }

  /** Pieces and times, the earliest first. */
  entries(): IterableIterator<[piece: PieceIndex, atMs: number]> {
    return this.#atMs.entries();
  }
}
