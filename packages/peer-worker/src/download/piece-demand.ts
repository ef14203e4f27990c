// Asking the coordinator for pieces ahead of need: one question at a time for each torrent.

import type { PieceWanted, LeasePieces } from "@troupe/messages";
import { blockLengthBytes } from "@troupe/protocol";

import { mayRequest } from "./downloads.ts";
import { firstPiecesWanted, noLeasePauseMs } from "../limits.ts";
import type { Session } from "../session/session.ts";
import type { Torrent } from "../torrent.ts";

/** Seconds of the rate that free blocks in leases should cover; below it more are asked for. */
const lowStockSeconds = 0.5;
/** Seconds of a peer's rate that one answer should cover. */
const orderSeconds = 1;
/** A question that brought no piece at all is not repeated sooner: the coordinator gives none for now. */
const emptyAnswerPauseMs = 1_000;
/** When nobody needs more though stock is low, it is not looked at again for each chunk that arrives. */
const noAskerPauseMs = 50;

/** What one torrent's peers need beyond the leases held. */
export class PieceDemand {
  readonly #torrent: Torrent;
  /** Peers that found too few blocks when they last looked. */
  readonly #hungry: Set<Session> = new Set<Session>();
  /** Peers that have shown a needed piece since the last question: its answer says nothing of that. */
  readonly #peersWithNews: Set<Session> = new Set<Session>();
  /** News shorten one pause a second, and any after a question that brought pieces. */
  #mayHeedNews = true;
  #isQuestionOut = false;
  #isEndgame = false;
  #askAgainAtMs = -Infinity;
  /** The deepest request queue of late: what can be needed in a round trip while rates are not known. */
  #deepestQueue = 0;

  constructor(torrent: Torrent) {
    this.#torrent = torrent;
  }

  /** At the last answer that had nothing for a peer, nothing was left for any other either. */
  get isEndgame(): boolean {
    return this.#isEndgame;
  }

  /** A peer has looked for blocks. @param isHungry It found fewer than it could ask for. */
  noteHunger(session: Session, isHungry: boolean, nowMs: number): void {
    if (isHungry) this.#hungry.add(session);
    else this.#hungry.delete(session);
    this.#deepestQueue = Math.max(this.#deepestQueue, session.pipeline.target);
    this.askIfLow(nowMs);
  }

  /** A peer has as many requests as it needs: what it lacked when it last looked it lacks no more. */
  noteBusy(session: Session): void {
    if (this.#hungry.size > 0) this.#hungry.delete(session);
  }

  /** A peer is gone or may not be asked. */
  forget(session: Session): void {
    this.#hungry.delete(session);
    this.#peersWithNews.delete(session);
  }

  /**
   * A peer shows pieces that may be new to us. A super-seeder, or a leecher no further than we are, shows one at a time,
   * often just after we have asked: what was, or will be, answered to that is no reason to wait.
   */
  piecesShown(session: Session): void {
    session.noLeaseUntilMs = -Infinity;
    this.#peersWithNews.add(session);
  }

  /** Asks when stock is low. O(1) while a question is out or stock is not low. */
  askIfLow(nowMs: number): void {
    const torrent = this.#torrent;
    if (this.#isQuestionOut || !torrent.isActive) return;
    const isPause = nowMs < this.#askAgainAtMs;
    if (isPause && (this.#peersWithNews.size === 0 || !this.#mayHeedNews)) return;
    // More leases would only wait for memory, or for the disk, beside those that do.
    if (torrent.worker.memoryQueue.isWaiting(torrent)) return;
    const isLow = this.#isStockLow();
    if (this.#hungry.size === 0 && !isLow) return;
    if (isPause) this.#mayHeedNews = false;
    const peers = this.#askingPeers(nowMs, isLow);
    if (peers.length === 0) {
      this.#askAgainAtMs = nowMs + noAskerPauseMs;
      return;
    }
    this.#isQuestionOut = true;
    this.#peersWithNews.clear();
    torrent.worker.notices.emit("pieces-wanted", { torrent: torrent.id, peers });
  }

  /** A piece is missing again: it is asked for without a pause. */
  pieceMissingAgain(nowMs: number): void {
    this.#askAgainAtMs = -Infinity;
    this.askIfLow(nowMs);
  }

  /** The coordinator has answered; the leases are held by now. */
  handleAnswer(answer: LeasePieces, nowMs: number): void {
    this.#isQuestionOut = false;
    if (answer.pieces.length === 0) this.#askAgainAtMs = nowMs + emptyAnswerPauseMs;
    else this.#mayHeedNews = true;
    if (answer.nothingFor.length > 0) this.#isEndgame = answer.isEndgame === true;
    for (const rowIndex of answer.nothingFor) {
      const session = this.#torrent.sessionAt(rowIndex);
      if (session === undefined || this.#peersWithNews.has(session)) continue;
      session.noLeaseUntilMs = nowMs + noLeasePauseMs;
    }
  }

  /** Once a second. */
  tick(nowMs: number): void {
    this.#deepestQueue = 0;
    this.#mayHeedNews = true;
    this.askIfLow(nowMs);
  }

  /** Free blocks will not last, and there is memory that the leases which wait will not take. */
  #isStockLow(): boolean {
    const { leases, down, worker } = this.#torrent;
    if (leases.waitingBlocks * blockLengthBytes >= worker.downloads.freeBytes) return false;
    const inTime = (down.bytesPerSecond * lowStockSeconds) / blockLengthBytes;
    return leases.freeBlocks() < Math.max(inTime, this.#deepestQueue);
  }

  #askingPeers(nowMs: number, isLow: boolean): PieceWanted[] {
    const peers: PieceWanted[] = [];
    const asking = isLow ? this.#torrent.sessions : this.#hungry;
    const share = Math.ceil(firstPiecesWanted / Math.max(1, asking.size));
    for (const session of asking) {
      session.nowMs = nowMs;
      if (!mayRequest(session) || session.noLeaseUntilMs > nowMs) continue;
      const isShort = this.#hungry.has(session) || this.#stockOf(session) < stockWanted(session);
      if (isShort)
        peers.push({ peer: session.rowIndex, count: this.#pieceCountFor(session, share) });
    }
    return peers;
  }

  /** Free blocks, in leases that this peer could serve. */
  #stockOf(session: Session): number {
    let blocks = 0;
    for (const piece of this.#torrent.leases.withFreeBlocks) {
      if (session.has(piece.piece)) blocks += piece.freeCount;
    }
    for (const waiting of this.#torrent.leases.waiting.values()) {
      if (session.has(waiting.lease.piece)) blocks += waiting.blockCount;
    }
    return blocks;
  }

  /** Pieces for a second of the peer's rate; not more than memory could hold. */
  #pieceCountFor(session: Session, firstShare: number): number {
    const { geometry, worker } = this.#torrent;
    const { pipeline } = session;
    const rate = session.down.bytesPerSecond;
    // While the queue doubles, the next round trip needs as much again as it holds.
    const trips = pipeline.isSlowStart ? (rate === 0 ? 2 : 1) : 0;
    const inTrips = trips * pipeline.target * blockLengthBytes;
    const byRate = Math.max(rate * orderSeconds, inTrips) / geometry.pieceLengthBytes;
    const least = rate === 0 ? firstShare : 1;
    const extentBytes = worker.downloads.extentBytes(geometry.pieceLengthBytes);
    const room = Math.max(1, Math.floor(worker.downloads.totalBytes / extentBytes));
    return Math.min(Math.max(least, Math.ceil(byRate)), room);
  }
}

/** Free blocks that cover the next half second of one peer. */
function stockWanted(session: Session): number {
  const byRate = Math.ceil((session.down.bytesPerSecond * lowStockSeconds) / blockLengthBytes);
  return session.pipeline.isSlowStart ? Math.max(byRate, session.pipeline.target) : byRate;
}
