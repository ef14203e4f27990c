import type { PieceIndex } from "@troupe/protocol/units";
import type { PeerWindow } from "./peer-window.ts";

/** The windows with each piece that their peer lacks. */
export class Holders {
  readonly #windows = new Map<PieceIndex, Set<PeerWindow>>();

  add(piece: PieceIndex, window: PeerWindow): void {
    const windows = this.#windows.get(piece);
    if (windows === undefined) this.#windows.set(piece, new Set([window]));
    else windows.add(window);
  }

  remove(piece: PieceIndex, window: PeerWindow): void {
    const windows = this.#windows.get(piece);
    windows?.delete(window);
    if (windows?.size === 0) this.#windows.delete(piece);
  }

  /** The peer is gone. */
  removeAll(window: PeerWindow): void {
    for (const piece of window.lackingPieces()) this.remove(piece, window);
  }

  pieces(): Iterable<PieceIndex> {
    return this.#windows.keys();
  }

  /** Whether an unchoked peer lacks the piece. */
  isUnderWay(piece: PieceIndex): boolean {
    for (const { isChoked } of this.#windows.get(piece) ?? []) if (!isChoked) return true;
    return false;
  }

  /**
   * The cost of showing a piece to a further peer: 0 for a piece that no peer has or is shown. A peer that gets the
   * piece from us weighs more than a peer that has it, as the piece would be sent twice at once. A choked peer does not
   * get the piece yet.
   *
   * @param availability Connected peers with the piece.
   */
  cost(piece: PieceIndex, availability: number): number {
    let cost = 2 * availability;
    let isShown = false;
    for (const { isChoked } of this.#windows.get(piece) ?? []) {
      isShown = true;
      if (!isChoked) cost += 3;
    }
    return cost === 0 && isShown ? 1 : cost;
  }
}
