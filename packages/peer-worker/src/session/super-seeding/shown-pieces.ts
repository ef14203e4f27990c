import { clearBit, hasBit, setBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

const noPiece = -1;

/** The pieces that a peer of a super-seed knows of. */
export class ShownPieces {
  /** Requests for hidden pieces, by a peer without the fast extension. */
  ignoredRequests = 0;
  #count = 0;
  readonly #bits: Uint8Array;
  /** The piece that was shown last while the peer was idle. */
  #probe: number = noPiece;
  #probedAtMs = 0;

  constructor(pieceCount: number) {
    this.#bits = new Uint8Array(Math.ceil(pieceCount / 8));
  }

  get count(): number {
    return this.#count;
  }

  has(piece: number): boolean {
    return hasBit(this.#bits, piece);
  }

  /** @returns Whether the piece is new to the peer. */
  add(piece: PieceIndex): boolean {
    if (this.has(piece)) return false;
    setBit(this.#bits, piece);
    this.#count++;
    return true;
  }

  /** @returns Whether the peer knew of the piece. */
  delete(piece: PieceIndex): boolean {
    if (!this.has(piece)) return false;
    clearBit(this.#bits, piece);
    this.#count--;
    return true;
  }

  /** A peer without the fast extension requests a hidden piece. */
  ignoreRequest(): void {
    this.ignoredRequests++;
  }

  /** The peer is idle and hears of this piece now. */
  beginProbe(piece: PieceIndex, nowMs: number): void {
    this.#probe = piece;
    this.#probedAtMs = nowMs;
  }

  /** The peer requests a piece. @returns The round trip, if the piece ends a probe. */
  endProbe(piece: number, nowMs: number): number | undefined {
    if (piece !== this.#probe) return undefined;
    this.#probe = noPiece;
    return nowMs - this.#probedAtMs;
  }
}
