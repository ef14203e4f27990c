// The choice of the pieces that the peers of a super-seed see (BEP 16). Each piece goes to one peer. The peer sees
// further pieces when other peers have got its pieces from it.

import type { Random } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol/units";
import { Holders } from "./holders.ts";
import {
  maxLoneWindow,
  maxWindow,
  patienceMs,
  PeerWindow,
  windowBounds,
  type ShownPeer,
  type WindowBounds,
} from "./peer-window.ts";

/** Pieces looked at for a choice. */
const looksPerChoice = 512;
/** A peer that is alone for this long sees all pieces. Until then further peers may be on their way. */
const aloneMs = 10_000;
/** Least pieces that a single peer lacks and sees. */
const minAloneWindow = 16;
/** A single peer is shown this many times the pieces: nothing is sent twice, and its rate may grow fast. */
const aloneFactor = 4;
/** Longest wait for the next piece of the first copy in the swarm. */
const copyEndMs = 5_000;
/** Time that a piece takes from a peer to another peer, until it is measured. */
const firstPassOnMs = 2_000;
/** Share of the newest measurement in the mean. */
const passOnWeight = 1 / 8;

/** The pieces of a torrent in its swarm. */
interface SwarmPieces {
  readonly pieceCount: number;
  readonly pieceLengthBytes: number;
  /** Connected peers with the piece. */
  availability(piece: PieceIndex): number;
}

/** Pieces that a peer is shown now. */
interface Showing<Peer extends ShownPeer> {
  readonly peer: Peer;
  readonly pieces: readonly PieceIndex[];
}

/** Chooses the pieces for the peers of one torrent, from the start of super-seeding to its end. */
export class ShowPlan {
  readonly #pieces: SwarmPieces;
  readonly #windows = new Map<object, PeerWindow>();
  readonly #holders = new Holders();
  /** The piece at which the next search begins. */
  #next: number;
  #passOnMs: number = firstPassOnMs;
  /** When a piece that only we had was last shown, or reached a peer. */
  #copiedAtMs = -Infinity;
  #isCopying = false;
  #alone: { readonly key: object; readonly sinceMs: number } | undefined;

  constructor(pieces: SwarmPieces, random: Random) {
    this.#pieces = pieces;
    this.#next = random.integer(pieces.pieceCount);
  }

  /** @param peers All connected peers. */
  round<Peer extends ShownPeer>(peers: readonly Peer[], nowMs: number): Showing<Peer>[] {
    this.#forgetGonePeers(peers);
    this.#noteAlone(peers, nowMs);
    for (const peer of peers) this.#settle(peer, nowMs);
    this.#isCopying = this.#isAnyUnderWay();
    const showings: Showing<Peer>[] = [];
    for (const peer of peers) {
      if (peer.knowsAll) continue;
      const pieces = this.#seesAll(peer, nowMs)
        ? this.#chooseAll(peer, nowMs)
        : this.#choosePieces(peer, nowMs);
      if (pieces.length > 0) showings.push({ peer, pieces });
    }
    return showings;
  }

  #forgetGonePeers(peers: readonly ShownPeer[]): void {
    const keys = new Set(peers.map(({ key }) => key));
    for (const [key, window] of this.#windows) {
      if (keys.has(key)) continue;
      this.#holders.removeAll(window);
      this.#windows.delete(key);
    }
  }

  /** Notes a peer that is alone. Peers that want nothing although they were shown pieces do not count. */
  #noteAlone(peers: readonly ShownPeer[], nowMs: number): void {
    const [peer, ...others] = peers.filter(({ isInterested }) => isInterested);
    if (peer === undefined || others.length > 0) this.#alone = undefined;
    else if (this.#alone?.key !== peer.key) this.#alone = { key: peer.key, sinceMs: nowMs };
  }

  #isAlone({ key }: ShownPeer): boolean {
    return this.#alone?.key === key;
  }

  #seesAll(peer: ShownPeer, nowMs: number): boolean {
    return this.#isAlone(peer) && nowMs - (this.#alone?.sinceMs ?? nowMs) >= aloneMs;
  }

  #settle(peer: ShownPeer, nowMs: number): void {
    const window = this.#windows.get(peer.key) ?? new PeerWindow();
    this.#windows.set(peer.key, window);
    window.isChoked = peer.isChoked;
    window.noteSent(peer.sentBytes, nowMs);
    this.#noteHad(peer, window, nowMs);
    if (!peer.isInterested && nowMs - window.shownAtMs >= patienceMs) {
      this.#holders.removeAll(window);
      window.releaseLacking();
    }
    this.#releasePassedOn(window, this.#isAlone(peer) ? 0 : patienceMs, nowMs);
  }

  #noteHad(peer: ShownPeer, window: PeerWindow, nowMs: number): void {
    for (const piece of window.lackingPieces()) {
      if (!peer.has(piece)) continue;
      window.noteHad(piece, nowMs);
      this.#holders.remove(piece, window);
      if (this.#pieces.availability(piece) === 1) this.#copiedAtMs = nowMs;
    }
  }

  /** Removes had pieces from the window when another peer has them, or after `afterMs`. */
  #releasePassedOn(window: PeerWindow, afterMs: number, nowMs: number): void {
    for (const [piece, sinceMs] of window.hadPieces(nowMs)) {
      const isPassedOn = this.#pieces.availability(piece) > 1;
      if (!isPassedOn && sinceMs < afterMs) continue;
      window.release(piece);
      if (isPassedOn) this.#passOnMs += passOnWeight * (sinceMs - this.#passOnMs);
    }
  }

  #choosePieces(peer: ShownPeer, nowMs: number): PieceIndex[] {
    const window = this.#windowOf(peer);
    const bounds = this.#boundsFor(peer, window);
    const pieces: PieceIndex[] = [];
    while (window.lackingCount < bounds.lacking) {
      const piece = this.#choose(peer, window);
      if (piece === undefined || !this.#mayShow(piece, window.size < bounds.all, nowMs)) break;
      if (this.#pieces.availability(piece) === 0) this.#copiedAtMs = nowMs;
      window.add(piece, nowMs);
      this.#holders.add(piece, window);
      pieces.push(piece);
    }
    return pieces;
  }

  #boundsFor(peer: ShownPeer, window: PeerWindow): WindowBounds {
    const { pieceLengthBytes } = this.#pieces;
    const bounds = windowBounds(window, peer.roundTripMs, {
      passOnMs: this.#passOnMs,
      pieceLengthBytes,
    });
    if (!this.#isAlone(peer)) return bounds;
    const lacking = Math.max(aloneFactor * bounds.lacking, minAloneWindow);
    return { lacking: Math.min(maxWindow, lacking), all: maxWindow };
  }

  /**
   * A piece that only we have is shown while the window has room: a peer that passes no piece on gets no more of them.
   * A piece that other peers have waits for the end of the first copy, or for {@link copyEndMs} without progress.
   */
  #mayShow(piece: PieceIndex, hasRoom: boolean, nowMs: number): boolean {
    const isOnlyOurs = this.#pieces.availability(piece) === 0;
    if (!isOnlyOurs) return !this.#isCopying || nowMs - this.#copiedAtMs >= copyEndMs;
    // The next search begins with this piece.
    if (!hasRoom) this.#next = piece;
    return hasRoom;
  }

  /**
   * Shows a single peer all pieces, as none is kept for other peers. Several rounds share the work: each piece may cost
   * a whole search when an uninterested peer has all pieces.
   */
  #chooseAll(peer: ShownPeer, nowMs: number): PieceIndex[] {
    const window = this.#windowOf(peer);
    const pieces: PieceIndex[] = [];
    while (window.size < maxLoneWindow && pieces.length < maxWindow) {
      const piece = this.#choose(peer, window);
      if (piece === undefined) break;
      window.add(piece, nowMs);
      pieces.push(piece);
    }
    return pieces;
  }

  /** Whether an unchoked peer lacks a piece that only we have. */
  #isAnyUnderWay(): boolean {
    for (const piece of this.#holders.pieces())
      if (this.#holders.isUnderWay(piece) && this.#pieces.availability(piece) === 0) return true;
    return false;
  }

  #windowOf({ key }: ShownPeer): PeerWindow {
    const window = this.#windows.get(key);
    if (window === undefined) throw new Error("bug: a peer of a super-seed without a window");
    return window;
  }

  /** @returns The piece that the fewest peers have or get, among the pieces of a bounded search. */
  #choose(peer: ShownPeer, window: PeerWindow): PieceIndex | undefined {
    const { pieceCount } = this.#pieces;
    if (peer.haveCount + window.lackingCount >= pieceCount) return undefined;
    let best: PieceIndex | undefined;
    let bestCost = Infinity;
    const consider = (piece: PieceIndex): void => {
      if (peer.has(piece) || window.has(piece)) return;
      const cost = this.#holders.cost(piece, this.#pieces.availability(piece));
      if (cost < bestCost) [best, bestCost] = [piece, cost];
    };
    const looks = Math.min(looksPerChoice, pieceCount);
    for (let look = 0; look < looks && bestCost > 0; look++) {
      consider(this.#next as PieceIndex);
      this.#next = (this.#next + 1) % pieceCount;
    }
    // Pieces that choked peers were shown may lie outside of the search.
    if (bestCost > 1 && !peer.isChoked) for (const piece of this.#holders.pieces()) consider(piece);
    return best;
  }
}
