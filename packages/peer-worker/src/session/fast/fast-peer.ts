import type { PieceIndex } from "@troupe/protocol/units";

import { maxFastPieces } from "../../limits.ts";
import { FastRejects } from "./fast-rejects.ts";
import { SentSuggestions } from "./sent-suggestions.ts";

/** Empty set of all peers that have named none. */
const noPieces: ReadonlySet<PieceIndex> = new Set<PieceIndex>();

/** The fast extension (BEP 6) of a connection whose sides have agreed to it. */
export class FastPeer {
  /** The first message by which the peer showed its pieces. */
  firstShown: "bitfield" | "have-all" | "have-none" | undefined;
  /** Pieces that the peer may request while we choke it. Undefined: not offered yet. */
  offered: ReadonlySet<PieceIndex> | undefined;
  /** Requests of the peer that were queued while we choked it. */
  takenWhileChoked = 0;
  /** Requests of the peer that were rejected because the disk refused the read. */
  refusedReads = 0;
  /** Undefined unless the peer has rejected a block since its last unchoke. */
  #rejects: FastRejects | undefined;
  #allowed: Set<PieceIndex> | undefined;
  #suggested: Set<PieceIndex> | undefined;
  #sentSuggestions: SentSuggestions | undefined;
  #allowedCount = 0;
  #suggestedCount = 0;

  /** Pieces that we lack and that the peer gives while it chokes us. */
  get allowed(): ReadonlySet<PieceIndex> {
    return this.#allowed ?? noPieces;
  }

  /** Pieces that the peer would like to give. */
  get suggested(): ReadonlySet<PieceIndex> {
    return this.#suggested ?? noPieces;
  }

  /** The peer gives the piece while it chokes us. */
  allow(piece: PieceIndex): void {
    this.#allowed ??= new Set();
    this.#allowed.add(piece);
  }

  /** The peer takes the offer back, or we have the piece. */
  forgetAllowed(piece: PieceIndex): void {
    this.#allowed?.delete(piece);
  }

  /** The peer would like to give the piece. */
  suggest(piece: PieceIndex): void {
    this.#suggested ??= new Set();
    this.#suggested.add(piece);
  }

  /** Our suggestions to the peer, made at their first use. */
  get sentSuggestions(): SentSuggestions {
    return (this.#sentSuggestions ??= new SentSuggestions());
  }

  /** The peer has shown its pieces by a message; the first counts. */
  noteShown(name: "bitfield" | "have-all" | "have-none"): void {
    this.firstShown ??= name;
  }

  /** Counts a request that is rejected because the disk refused the read. @returns The number of these requests. */
  countRefusedRead(): number {
    return ++this.refusedReads;
  }

  /** Counts an `allowed-fast`. @returns False beyond the bound: the message is ignored. */
  countAllowed(): boolean {
    return ++this.#allowedCount <= maxFastPieces;
  }

  /** Counts a `suggest`. @returns False beyond the bound: the message is ignored. */
  countSuggested(): boolean {
    return ++this.#suggestedCount <= maxFastPieces;
  }

  /** Whether any request may go to the peer now. */
  mayRequest(isChoking: boolean, nowMs: number): boolean {
    return isChoking ? this.allowed.size > 0 : (this.#rejects?.mayRequest(nowMs) ?? true);
  }

  /** Whether a piece that the peer has may be requested. */
  mayAskFor(piece: PieceIndex, isChoking: boolean): boolean {
    if (isChoking) return this.allowed.has(piece);
    return this.#rejects?.has(piece) !== true;
  }

  /**
   * The peer rejected a block that it owed. A choking peer takes back its offer of the piece. Any other peer is asked
   * nothing for a while, longer each time until it sends a block, and other pieces first.
   *
   * @param lastBlockAtMs When it last sent a block.
   */
  noteReject(piece: PieceIndex, isChoking: boolean, nowMs: number, lastBlockAtMs: number): void {
    if (isChoking) {
      this.forgetAllowed(piece);
      return;
    }
    this.#suggested?.delete(piece);
    this.#rejects ??= new FastRejects();
    this.#rejects.add(piece, nowMs, lastBlockAtMs);
  }

  /** Forgets the rejects: the peer has a new queue after a choke. */
  unchoked(): void {
    this.#rejects = undefined;
  }

  /** Once a second: rejected pieces are asked for again after a while. */
  tick(nowMs: number): void {
    this.#rejects?.tick(nowMs);
  }
}
