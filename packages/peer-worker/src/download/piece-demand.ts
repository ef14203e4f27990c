// Asks the engine for pieces ahead of need: a single question per torrent at a time.

import type { PieceWanted, LeasePieces } from "@troupe/messages";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { firstPiecesWanted, noLeasePauseMs } from "../limits.ts";
import type { Session, SessionWithContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";

/** Seconds of the rate that free leased blocks should cover. */
const lowStockSeconds = 0.5;
/** Seconds of a peer's rate that an answer should cover. */
const orderSeconds = 1;
/** Due pieces that are due later are leased as other pieces are. */
const dueSoonMs = 5_000;
/** Pause after an answer without a piece. */
const emptyAnswerPauseMs = 1_000;
/** Pause of a peer from whom a picker of the program takes no piece. */
const withheldPauseMs = 1_000;
/** Pause when stock is low and no peer needs more, so that not every chunk checks again. */
const noAskerPauseMs = 50;

/** The question that the engine has not answered. */
type Question = "none" | "stock" | "due pieces";

/** The demand of a torrent's peers beyond the held leases. */
export class PieceDemand {
  readonly #content: TorrentContent;
  /** Peers that found too few blocks at their last refill. */
  readonly #hungry: Set<SessionWithContent> = new Set<SessionWithContent>();
  /** Peers with a needed piece announced since the last question, whose answer does not cover it. */
  readonly #peersWithNews: Set<Session> = new Set<Session>();
  /** Such news shortens a pause once a second, and any pause after a question that brought pieces. */
  #mayHeedNews = true;
  /** Peers from whom a picker of the program takes no piece, until the time given. Further pieces of theirs change nothing. */
  readonly #withheldUntilMs: Map<Session, number> = new Map<Session, number>();
  /** Peers of the question that is out. */
  #asked = 0;
  #question: Question = "none";
  #isEndgame = false;
  /** Deadlines were set while a question was out. */
  #wantsDue = false;
  #askAgainAtMs = -Infinity;
  /** Until then no asking peer is searched for, unless a peer that could ask finds too few blocks. */
  #noAskerUntilMs = -Infinity;
  /** The deepest recent request queue: a round trip's need while rates are unknown. */
  #deepestQueue = 0;

  constructor(content: TorrentContent) {
    this.#content = content;
  }

  /** The last answer without a piece for its peer left no piece for any other either. */
  get isEndgame(): boolean {
    return this.#isEndgame;
  }

  /** @param isHungry The peer found fewer blocks than it could ask for. */
  noteHunger(session: SessionWithContent, isHungry: boolean, nowMs: number): void {
    if (isHungry) this.#hungry.add(session);
    else this.#hungry.delete(session);
    // A peer that does not choke us gives any piece, so a question would name it.
    const isAsker = isHungry && !session.amChokedByPeer && !this.#isResting(session, nowMs);
    if (isAsker) this.#noAskerUntilMs = -Infinity;
    this.#deepestQueue = Math.max(this.#deepestQueue, session.download.pipeline.target);
    this.askIfLow(nowMs);
  }

  /** Its earlier hunger is over. */
  noteBusy(session: SessionWithContent): void {
    if (this.#hungry.size > 0) this.#hungry.delete(session);
  }

  forget(session: SessionWithContent): void {
    this.#hungry.delete(session);
    this.#peersWithNews.delete(session);
    this.#withheldUntilMs.delete(session);
  }

  /**
   * A peer shows pieces that may be new to us. A super-seeder, or a leecher no further than we are, shows
   * them singly, often just after our question: that is no reason to wait.
   */
  piecesShown(session: SessionWithContent): void {
    session.downloadIfAny?.mayAskAgain();
    this.#peersWithNews.add(session);
  }

  /** Asks when stock is low. O(1) while a question is out or stock is not low. */
  askIfLow(nowMs: number): void {
    const { torrent } = this.#content;
    if (this.#question !== "none" || !torrent.isActive) return;
    const isPause = nowMs < Math.max(this.#askAgainAtMs, this.#noAskerUntilMs);
    if (isPause && (this.#peersWithNews.size === 0 || !this.#mayHeedNews)) return;
    // More leases would only join the queue for memory or the disk.
    if (this.#content.isWaitingForMemory) return;
    const isLow = this.#isStockLow();
    if (this.#hungry.size === 0 && !isLow) return;
    if (isPause) this.#mayHeedNews = false;
    const peers = this.#askingPeers(nowMs, isLow);
    if (peers.length === 0) {
      this.#noAskerUntilMs = nowMs + noAskerPauseMs;
      return;
    }
    this.#peersWithNews.clear();
    this.#ask("stock", peers);
  }

  #ask(question: Question, peers: readonly PieceWanted[]): void {
    if (peers.length === 0) return;
    const { torrent, worker } = this.#content;
    this.#question = question;
    this.#asked = peers.length;
    worker.notices.emit("pieces-wanted", { torrent: torrent.id, peers });
  }

  /** Asks for due pieces without a lease, although stock may not be low: the engine leases them first. */
  deadlinesSet(nowMs: number): void {
    this.#wantsDue = !this.#content.due.isEmpty;
    this.#askForDue(nowMs);
  }

  #askForDue(nowMs: number): void {
    const { torrent } = this.#content;
    if (!this.#wantsDue || this.#question !== "none" || !torrent.isActive) return;
    this.#wantsDue = false;
    this.#ask("due pieces", this.#peersForDue(nowMs));
  }

  /** The fastest peer of each due piece without a lease. A lease is for every peer of this worker. */
  #peersForDue(nowMs: number): PieceWanted[] {
    const { due, leases, sessions } = this.#content;
    const fastestFirst = [...sessions]
      .filter((session) => session.mayRequest(nowMs) && !session.amChokedByPeer)
      .toSorted((one, other) => other.downBytesPerSecond - one.downBytesPerSecond);
    const pieces = new Map<SessionWithContent, PieceIndex[]>();
    let looks = 0;
    for (const [piece, atMs] of due.entries()) {
      if (looks >= firstPiecesWanted || atMs > nowMs + dueSoonMs) break;
      if (!this.#content.needs(piece) || leases.has(piece)) continue;
      looks++;
      const fastest = fastestFirst.find((session) => session.mayAskFor(piece));
      if (fastest !== undefined) pieces.set(fastest, [...(pieces.get(fastest) ?? []), piece]);
    }
    return [...pieces].map(([{ rowIndex: peer }, among]) => ({ peer, count: among.length, among }));
  }

  /** Asks without a pause. */
  pieceMissingAgain(nowMs: number): void {
    this.#askAgainAtMs = -Infinity;
    this.#noAskerUntilMs = -Infinity;
    this.askIfLow(nowMs);
  }

  /** After its leases were accepted. */
  handleAnswer(answer: LeasePieces, nowMs: number): void {
    const question = this.#question;
    this.#question = "none";
    if (question === "due pieces") this.askIfLow(nowMs);
    else this.#heedAnswer(answer, nowMs);
    this.#askForDue(nowMs);
  }

  #heedAnswer(answer: LeasePieces, nowMs: number): void {
    this.#noAskerUntilMs = -Infinity;
    // A pause after an earlier answer is over once pieces come.
    this.#askAgainAtMs = this.#isForAll(answer) ? nowMs + emptyAnswerPauseMs : -Infinity;
    if (answer.leases.length > 0) this.#mayHeedNews = true;
    this.#noteWithheld(answer, nowMs);
    if (answer.nothingFor.length > 0) this.#isEndgame = answer.isEndgame === true;
    this.#content.leases.reserved.setEndgame(this.#isEndgame, nowMs);
    for (const rowIndex of answer.nothingFor) {
      const session = this.#content.torrent.sessionAt(rowIndex);
      if (session === undefined || this.#peersWithNews.has(session)) continue;
      session.download.noLeaseUntilMs = nowMs + noLeasePauseMs;
    }
  }

  /** Whether the torrent pauses after the answer. A picker that withholds pieces from some peers holds up no others. */
  #isForAll({ leases, nothingFor, withheldFor = [] }: LeasePieces): boolean {
    if (leases.length > 0) return false;
    return withheldFor.length === 0 || withheldFor.length + nothingFor.length < this.#asked;
  }

  #noteWithheld({ withheldFor = [] }: LeasePieces, nowMs: number): void {
    for (const rowIndex of withheldFor) {
      const session = this.#content.torrent.sessionAt(rowIndex);
      if (session !== undefined) this.#withheldUntilMs.set(session, nowMs + withheldPauseMs);
    }
  }

  /** Whether the last answer had nothing for the peer. */
  #isResting(session: Session, nowMs: number): boolean {
    const noLeaseUntilMs = session.downloadIfAny?.noLeaseUntilMs ?? 0;
    return Math.max(noLeaseUntilMs, this.#withheldUntilMs.get(session) ?? 0) > nowMs;
  }

  /** Once a second. */
  tick(nowMs: number): void {
    this.#deepestQueue = 0;
    this.#mayHeedNews = true;
    this.askIfLow(nowMs);
  }

  /** Free blocks run low, and waiting leases leave memory over. */
  #isStockLow(): boolean {
    const { leases, down, worker } = this.#content;
    if (leases.waitingBlocks * blockLengthBytes >= worker.downloads.freeBytes) return false;
    const inTime = (down.bytesPerSecond * lowStockSeconds) / blockLengthBytes;
    return leases.freeBlocks() < Math.max(inTime, this.#deepestQueue);
  }

  #askingPeers(nowMs: number, isLow: boolean): PieceWanted[] {
    const peers: PieceWanted[] = [];
    const asking = isLow ? this.#content.sessions : this.#hungry;
    const share = Math.ceil(firstPiecesWanted / Math.max(1, asking.size));
    for (const session of asking) {
      if (!session.mayRequest(nowMs) || this.#isResting(session, nowMs)) continue;
      const isShort =
        this.#hungry.has(session) || this.#stockOf(session, nowMs) < stockWanted(session);
      if (!isShort) continue;
      const among = this.#allowedOf(session);
      if (among?.length === 0) {
        // The peer pauses as after an empty answer: in an endgame it may get blocks that other peers owe.
        session.download.noLeaseUntilMs = nowMs + noLeasePauseMs;
        continue;
      }
      const count = this.#pieceCountFor(session, share);
      peers.push({ peer: session.rowIndex, count, ...(among !== undefined && { among }) });
    }
    return peers;
  }

  /** Pieces that a choking peer allows and that we could lease. Undefined for a peer that gives any piece. */
  #allowedOf(session: SessionWithContent): PieceIndex[] | undefined {
    const { fast } = session.features;
    if (!session.amChokedByPeer || fast === undefined) return undefined;
    const { leases } = this.#content;
    return [...fast.allowed].filter(
      (piece) => session.has(piece) && this.#content.needs(piece) && !leases.has(piece),
    );
  }

  /** Free blocks of leases that this peer can serve. */
  #stockOf(session: SessionWithContent, nowMs: number): number {
    const { leases, whole } = this.#content;
    let blocks = 0;
    for (const piece of leases.withFreeBlocks) {
      if (!session.mayAskFor(piece.piece)) continue;
      if (!whole.isKeptFrom(piece, session.rowIndex, nowMs)) blocks += piece.freeCount;
    }
    for (const waiting of leases.waiting) {
      if (session.mayAskFor(waiting.lease.piece)) blocks += waiting.blockCount;
    }
    return blocks;
  }

  /** A second of the peer's rate, bounded by memory. */
  #pieceCountFor(session: SessionWithContent, firstShare: number): number {
    const { geometry, worker } = this.#content;
    const { pipeline } = session.download;
    const rate = session.downBytesPerSecond;
    // While the queue doubles, the next round trip needs as many blocks again.
    const trips = pipeline.isSlowStart ? (rate === 0 ? 2 : 1) : 0;
    const inTrips = trips * pipeline.target * blockLengthBytes;
    const byRate = Math.max(rate * orderSeconds, inTrips) / geometry.pieceLengthBytes;
    const least = rate === 0 ? firstShare : 1;
    const extentBytes = worker.downloads.extentBytes(geometry.pieceLengthBytes);
    const room = Math.max(1, Math.floor(worker.downloads.totalBytes / extentBytes));
    return Math.min(Math.max(least, Math.ceil(byRate)), room);
  }
}

/** For the next half second of a peer. */
function stockWanted(session: SessionWithContent): number {
  const byRate = Math.ceil((session.downBytesPerSecond * lowStockSeconds) / blockLengthBytes);
  const { pipeline } = session.download;
  return pipeline.isSlowStart ? Math.max(byRate, pipeline.target) : byRate;
}
