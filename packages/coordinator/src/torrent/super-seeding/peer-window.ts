// The window of a peer: the shown pieces that it lacks or that no other peer has yet. A full window gets no further
// pieces.

import type { PieceIndex } from "@troupe/protocol/units";

/** A peer of a super-seed at this moment. */
export interface ShownPeer {
  /** The connection. */
  readonly key: object;
  readonly isInterested: boolean;
  readonly isChoked: boolean;
  /** The peer connected before super-seeding began, and sees all pieces. */
  readonly knowsAll: boolean;
  readonly haveCount: number;
  /** Payload that the peer got from us. */
  readonly sentBytes: number;
  /** 0: unknown. */
  readonly roundTripMs: number;
  has(piece: PieceIndex): boolean;
}

/** Least pieces of a window. */
const minWindow = 2;
/** Most pieces of a window, for a peer on a long line with short pieces. */
export const maxWindow = 1_024;
/** Most pieces of the window of a single peer. */
export const maxLoneWindow = 16_384;
/**
 * A piece that no other peer gets in this time leaves the window, as the peer may be connected to no other peer. Pieces
 * that leave the peer uninterested leave the window after this time too.
 */
export const patienceMs = 10_000;

/** The peer is shown pieces for this long ahead: the plan is a quarter of a second late, and rates change. */
const leadMs = 1_000;

/** A round trip beyond this shows that the peer requests other pieces first. */
const maxRoundTripMs = 2_000;
/** Time between two measurements of a peer's rate. */
const rateMs = 1_000;

const lacking = -1;

/** The window of a peer. */
export class PeerWindow {
  isChoked = true;
  /** When the peer was first seen with the piece, or {@link lacking}. */
  readonly #hadAtMs = new Map<PieceIndex, number>();
  #lackingCount = 0;
  #shownAtMs = -Infinity;
  #bytesPerSecond = 0;
  #sent: { readonly bytes: number; readonly atMs: number } | undefined;

  get size(): number {
    return this.#hadAtMs.size;
  }

  /** Shown pieces that the peer lacks. */
  get lackingCount(): number {
    return this.#lackingCount;
  }

  /** Rate of the last second or two, as the rate grows fast after an unchoke. */
  get bytesPerSecond(): number {
    return this.#bytesPerSecond;
  }

  noteSent(bytes: number, nowMs: number): void {
    this.#sent ??= { bytes, atMs: nowMs };
    const passedMs = nowMs - this.#sent.atMs;
    if (passedMs < rateMs) return;
    const newest = (1_000 * (bytes - this.#sent.bytes)) / passedMs;
    this.#bytesPerSecond = Math.max(newest, (this.#bytesPerSecond + newest) / 2);
    this.#sent = { bytes, atMs: nowMs };
  }

  has(piece: PieceIndex): boolean {
    return this.#hadAtMs.has(piece);
  }

  add(piece: PieceIndex, nowMs: number): void {
    this.#hadAtMs.set(piece, lacking);
    this.#lackingCount++;
    this.#shownAtMs = nowMs;
  }

  /** When the peer was last shown a piece. */
  get shownAtMs(): number {
    return this.#shownAtMs;
  }

  /** Empties the window of the pieces that the peer lacks, as the peer does not want them. */
  releaseLacking(): void {
    for (const piece of this.lackingPieces()) this.#hadAtMs.delete(piece);
    this.#lackingCount = 0;
  }

  /** Pieces that the peer lacks. */
  *lackingPieces(): Generator<PieceIndex> {
    for (const [piece, hadAtMs] of this.#hadAtMs) if (hadAtMs === lacking) yield piece;
  }

  /** The peer got a piece that it lacked. */
  noteHad(piece: PieceIndex, nowMs: number): void {
    this.#hadAtMs.set(piece, nowMs);
    this.#lackingCount--;
  }

  /** Pieces that the peer has, with the time since it was first seen with them. */
  *hadPieces(nowMs: number): Generator<readonly [piece: PieceIndex, sinceMs: number]> {
    for (const [piece, hadAtMs] of this.#hadAtMs)
      if (hadAtMs !== lacking) yield [piece, nowMs - hadAtMs];
  }

  /** Removes a piece that the peer has. */
  release(piece: PieceIndex): void {
    this.#hadAtMs.delete(piece);
  }
}

/** The bounds of a peer's window. */
export interface WindowBounds {
  /** Most pieces that the peer lacks. */
  readonly lacking: number;
  /** Most pieces in all. Beyond this bound no further piece that only we have is shown. */
  readonly all: number;
}

/**
 * The bounds follow the peer's rate, the time from showing a piece to the request for it, and the time that a piece
 * takes from the peer to another peer.
 *
 * @param passOnMs Time from the peer to another peer.
 */
export function windowBounds(
  { bytesPerSecond, isChoked }: PeerWindow,
  roundTripMs: number,
  { passOnMs, pieceLengthBytes }: { readonly passOnMs: number; readonly pieceLengthBytes: number },
): WindowBounds {
  if (isChoked) return { lacking: minWindow, all: minWindow };
  const piecesFor = (ms: number): number =>
    Math.min(maxWindow, minWindow + Math.ceil((bytesPerSecond * ms) / 1_000 / pieceLengthBytes));
  const aheadMs = leadMs + Math.min(roundTripMs, maxRoundTripMs);
  return { lacking: piecesFor(aheadMs), all: piecesFor(aheadMs + passOnMs) };
}
