import type { PieceIndex } from "@troupe/protocol/units";

import { maxSentSuggestions, suggestedAgainMs } from "../../limits.ts";

/** The pieces that were suggested to a peer and that it does not have yet. */
export class SentSuggestions {
  /** The time of each suggestion, the oldest first. */
  readonly #sentAtMs = new Map<PieceIndex, number>();

  /**
   * Adds a suggestion.
   *
   * @param has Whether the peer has a piece.
   * @returns False if the piece was suggested within a minute, or the peer lacks too many suggested pieces.
   */
  tryAdd(piece: PieceIndex, nowMs: number, has: (piece: PieceIndex) => boolean): boolean {
    for (const [sent, atMs] of this.#sentAtMs)
      if (nowMs - atMs >= suggestedAgainMs || has(sent)) this.#sentAtMs.delete(sent);
    if (this.#sentAtMs.has(piece) || this.#sentAtMs.size >= maxSentSuggestions) return false;
    this.#sentAtMs.set(piece, nowMs);
    return true;
  }
}
