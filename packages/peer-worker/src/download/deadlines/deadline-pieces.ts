import type { Deadline } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** The pieces of a torrent that have a deadline, on this worker's clock. */
export class DeadlinePieces {
  /** Deadlines, the earliest first. */
  #atMs: Map<PieceIndex, number> = new Map<PieceIndex, number>();

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
