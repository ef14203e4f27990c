// Requests blocks of the other side, over one connection, and judges what comes.

import { pieceStart } from "@troupe/protocol/metainfo";
import {
  requestBytes,
  stateMessageBytes,
  writeInterested,
  writeNotInterested,
  writeRequest,
} from "@troupe/protocol/peer";
import type { BrokenRule } from "./broken-rules.ts";
import type { GroupShared } from "./group-shared.ts";
import { Line } from "./line.ts";
import type { LightPeer } from "./light-peer.ts";
import type { OutWire } from "./out-wire.ts";
import type { PieceSet } from "./own-pieces.ts";
import { chooseRandomBlock } from "./random-block.ts";
import { RequestList } from "./request-list.ts";
import { scrambled } from "./scrambled.ts";

/** Requests that a side accepts which names no `reqq`. */
const usualRequestQueue = 250;
/** Requests that a peer leaves are unanswered when the other side was silent for so long: as at the end of a run. */
const silenceMs = 5_000;
/** A visit without any answer is owed one after so long. */
const firstAnswerMs = 1_000;
/** Before a rejected block is requested again. */
const pauseAfterRejectMs = 1_000;

/** Counters for requests that wait when their connection ends. */
export type RequestsEnd = "unanswered" | "abandoned";

/** The reason why an action of an open load waits. */
type ActionWait = "unchoke" | "answers" | "own-line";

/** The connection of a requester. */
export interface RequestWire {
  readonly isFast: boolean;
  readonly isOpen: boolean;
  /** Pieces of the other side. */
  readonly remote: PieceSet;
  readonly out: OutWire;
  breakRule(rule: BrokenRule): void;
}

/** The requests of one connection. */
export class Requester {
  readonly #group: GroupShared;
  readonly #peer: LightPeer;
  readonly #wire: RequestWire;
  readonly #line: Line | undefined;
  readonly #requests = new RequestList();
  /** The other side's `reqq`. */
  #mostRequests = usualRequestQueue;
  #isChoked = true;
  #isInterested = false;
  #interestedMs: number | undefined;
  /** Requests that ended without their block: it may still be under way. */
  #endedRequests = 0;
  #waitsUntilMs = 0;
  #random: number;

  // State of the block that comes in.
  #piece = 0;
  #begin = 0;
  #position = 0;
  #requestedMs = 0;
  #sentMs = 0;
  #isRight = true;
  #isReceiving = false;

  constructor(group: GroupShared, peer: LightPeer, wire: RequestWire) {
    this.#group = group;
    this.#peer = peer;
    this.#wire = wire;
    this.#random = peer.seed;
    const { downBytesPerSecond } = group.settings;
    if (downBytesPerSecond !== undefined) this.#line = new Line(downBytesPerSecond, group.nowMs());
  }

  /** The other side keeps so many requests. */
  learnRequestQueue(requests: number): void {
    this.#mostRequests = requests;
  }

  /** The other side has other pieces than before, or the peer wants none any more. */
  updateInterest(): void {
    const wants = this.#wantsAny();
    if (wants === this.#isInterested || !this.#wire.isOpen) return;
    this.#isInterested = wants;
    const at = this.#wire.out.room(stateMessageBytes);
    if (!wants) writeNotInterested(this.#group.outbox, at);
    else {
      writeInterested(this.#group.outbox, at);
      // A side that unchokes before the interest causes no wait.
      this.#interestedMs ??= this.#isChoked ? this.#group.nowMs() : Infinity;
    }
  }

  /** The other side has more pieces than before. */
  offersMore(): void {
    if (!this.#isInterested) this.updateInterest();
  }

  unchoked(): void {
    if (!this.#isChoked) return;
    this.#isChoked = false;
    if (this.#interestedMs !== undefined && Number.isFinite(this.#interestedMs)) {
      this.#recorder.sample("unchoke", this.#interestedMs, this.#group.nowMs());
      this.#interestedMs = Infinity;
    }
    this.#peer.change("unchoked");
  }

  choked(): void {
    if (this.#isChoked) return;
    this.#isChoked = true;
    this.#peer.change("choked");
    // With BEP 6 each request is answered or rejected.
    if (this.#wire.isFast) return;
    const list = this.#requests;
    while (list.takeFirst()) {
      this.#endTaken();
      this.#peer.heeded(this.#group.nowMs());
      this.#recorder.account("requests_refused", list.takenMs, "choked");
    }
  }

  rejected(piece: number, begin: number): void {
    const list = this.#requests;
    if (!list.take(piece, begin)) {
      if (this.#endedRequests > 0) this.#endedRequests--;
      else this.#wire.breakRule("reject-not-requested");
      return;
    }
    this.#endTaken();
    this.#peer.heeded(this.#group.nowMs());
    this.#endedRequests--;
    this.#recorder.account("requests_refused", list.takenMs, "rejected");
    if (this.#group.settings.pace.kind === "depth")
      this.#waitUntil(this.#group.nowMs() + pauseAfterRejectMs);
  }

  /** Gives up requests that have waited for the timeout. */
  expire(nowMs: number): void {
    const list = this.#requests;
    const lastMs = nowMs - this.#group.settings.requestTimeoutMs;
    while (list.firstSentMs <= lastMs && list.takeFirst()) {
      this.#endTaken();
      this.#unanswered(nowMs, "timeout");
    }
  }

  /**
   * Whether the other side owes answers when the peer leaves now: a slow one still answers now and then.
   *
   * @param requests `unanswered`: at the end of the drain.
   */
  owes(requests: RequestsEnd): boolean {
    const { heededMs } = this.#peer;
    if (this.#isReceiving || this.#requests.count === 0) return false;
    if (requests === "unanswered") return heededMs < this.#group.drainedAtMs;
    const nowMs = this.#group.nowMs();
    return this.#silentMs(nowMs) >= (heededMs === -Infinity ? firstAnswerMs : this.#silenceMs);
  }

  /** An action that was not sent waits for this. */
  get waitsFor(): ActionWait {
    if (this.#isChoked || !this.#isInterested || this.#group.isDraining) return "unchoke";
    return (this.#line?.waitMs(this.#group.nowMs()) ?? 0) > 0 ? "own-line" : "answers";
  }

  /** Requests what the pace, the line and the other side allow. */
  fill(): void {
    const { settings, outbox } = this.#group;
    const { pace } = settings;
    if (this.#isChoked || !this.#wire.isOpen || this.#group.isDraining) return;
    const depth = pace.kind === "depth" ? pace.depth : Infinity;
    const most = Math.min(depth, this.#mostRequests) - (this.#isReceiving ? 1 : 0);
    if (this.#requests.count >= most) return;
    const nowMs = this.#group.nowMs();
    if (nowMs < this.#waitsUntilMs) return;
    let sent = 0;
    while (this.#requests.count < most) {
      const waitMs = this.#line?.waitMs(nowMs) ?? 0;
      if (waitMs > 0) {
        this.#waitUntil(nowMs + waitMs);
        break;
      }
      const peer = this.#peer;
      if (!this.#choose(nowMs)) break;
      const { piece, begin, lengthBytes } = peer.chosen;
      writeRequest(outbox, this.#wire.out.room(requestBytes), piece, begin, lengthBytes);
      this.#requests.add(piece, begin, lengthBytes, peer.chosen.sinceMs, nowMs);
      this.#recorder.account("requests", peer.chosen.sinceMs);
      this.#line?.take(lengthBytes);
      sent++;
    }
    this.#group.outstanding += sent;
  }

  due(): void {
    if (!this.#wire.isOpen) return;
    this.fill();
    this.#wire.out.flush();
  }

  /** A block begins. @returns Whether its bytes are wanted. */
  blockStarts(piece: number, begin: number, lengthBytes: number): boolean {
    const list = this.#requests;
    if (!list.take(piece, begin)) {
      if (this.#endedRequests === 0) this.#wire.breakRule("block-not-requested");
      else {
        this.#endedRequests--;
        this.#recorder.count("late_answers");
      }
      return false;
    }
    if (list.takenLengthBytes !== lengthBytes) {
      this.#group.outstanding--;
      this.#wire.breakRule("block-of-wrong-length");
      this.#recorder.count("wrong_blocks", 1, "wrong length");
      this.#recorder.account("answered_wrong", list.takenMs);
      this.#peer.download?.dropped(piece, begin);
      return false;
    }
    this.#piece = piece;
    this.#begin = begin;
    this.#position = pieceStart(this.#group.geometry, piece);
    this.#requestedMs = list.takenMs;
    this.#sentMs = list.takenSentMs;
    this.#isRight = true;
    this.#isReceiving = true;
    return true;
  }

  blockPart(chunk: Uint8Array, start: number, end: number, begin: number): void {
    const { content } = this.#group.settings.torrent;
    if (content === undefined)
      this.#peer.download?.hashPart(this.#piece, begin, chunk.subarray(start, end));
    else if (!content.equals(this.#position + begin, chunk, start, end)) this.#isRight = false;
  }

  blockEnds(piece: number, lengthBytes: number, nowMs: number): void {
    this.#isReceiving = false;
    this.#group.outstanding--;
    this.#peer.heeded(nowMs);
    const recorder = this.#recorder;
    this.#sample(this.#requestedMs, nowMs, this.#sentMs);
    if (!this.#isRight) recorder.count("wrong_blocks");
    const result = this.#peer.received(piece, lengthBytes, this.#isRight);
    const isHashWrong = result === "piece-wrong" && this.#isRight;
    if (isHashWrong) recorder.count("wrong_blocks", 1, "piece hash");
    const isAnswer = this.#isRight && !isHashWrong;
    recorder.account(isAnswer ? "answered" : "answered_wrong", this.#requestedMs);
  }

  /** The connection has ended. */
  closed(requests: RequestsEnd): void {
    const nowMs = this.#group.nowMs();
    const list = this.#requests;
    const isAbandoned = requests === "abandoned" && this.#silentMs(nowMs) < this.#silenceMs;
    if (this.#isReceiving) list.add(this.#piece, this.#begin, 0, this.#requestedMs, this.#sentMs);
    this.#isReceiving = false;
    while (list.takeFirst()) {
      this.#endTaken();
      if (isAbandoned) this.#abandoned(nowMs);
      else this.#unanswered(nowMs, requests === "abandoned" ? "left in silence" : this.#endLabel);
    }
  }

  get #recorder() {
    return this.#group.settings.recorder;
  }

  #waitUntil(timeMs: number): void {
    if (timeMs <= this.#waitsUntilMs) return;
    this.#waitsUntilMs = timeMs;
    this.#group.due.add(timeMs, this);
  }

  /** The request that was taken from the list has ended without its block. */
  #endTaken(): void {
    const { takenPiece, takenBegin } = this.#requests;
    this.#group.outstanding--;
    this.#endedRequests++;
    this.#peer.download?.dropped(takenPiece, takenBegin);
  }

  get #silenceMs(): number {
    return Math.min(silenceMs, this.#group.settings.requestTimeoutMs);
  }

  /** The other side has answered no open request for so long. */
  #silentMs(nowMs: number): number {
    if (this.#isReceiving) return 0;
    return nowMs - Math.max(this.#peer.heededMs, this.#requests.firstSentMs);
  }

  /** The age of the request that was taken is a lower bound of its latency. */
  #abandoned(nowMs: number): void {
    const { takenMs, takenSentMs } = this.#requests;
    this.#sample(takenMs, nowMs, takenSentMs);
    this.#recorder.account("abandoned", takenMs);
  }

  /** The age of the request is a lower bound of its latency here too. */
  #unanswered(nowMs: number, label: string): void {
    const { takenMs, takenSentMs } = this.#requests;
    this.#peer.unheeded();
    this.#sample(takenMs, nowMs, takenSentMs);
    this.#recorder.account("unanswered", takenMs, label);
  }

  #sample(sinceMs: number, nowMs: number, sentMs: number): void {
    const isOpenLoad = this.#group.settings.pace.kind === "rate";
    this.#recorder.sample("request_block", sinceMs, nowMs, isOpenLoad ? sentMs : undefined);
  }

  get #endLabel(): string {
    return this.#group.isDraining ? "end of the drain" : "connection ended";
  }

  #wantsAny(): boolean {
    const { behaviour, pace } = this.#group.settings;
    const { remote } = this.#wire;
    if (behaviour === "idle" || behaviour === "seeder" || remote.count === 0) return false;
    if (pace.kind === "rate") return true;
    const { download } = this.#peer;
    return download === undefined || download.wantsAnyOf(remote.bits);
  }

  /** Chooses the next block. @returns Whether there is one; it is in the peer's `chosen`. */
  #choose(nowMs: number): boolean {
    const { settings } = this.#group;
    const { chosen, download, intents } = this.#peer;
    const { remote } = this.#wire;
    if (remote.count === 0 || !this.#isInterested) return false;
    chosen.sinceMs = nowMs;
    if (settings.pace.kind === "rate") {
      if (!intents.takeFirst()) return false;
      chosen.sinceMs = intents.takenMs;
      settings.recorder.account("sent", intents.takenMs);
      return this.#chooseRandom(intents.takenPiece);
    }
    if (download === undefined) return this.#chooseRandom((this.#random = scrambled(this.#random)));
    if (!download.next(remote.bits)) return false;
    chosen.piece = download.piece;
    chosen.begin = download.begin;
    chosen.lengthBytes = download.lengthBytes;
    return true;
  }

  #chooseRandom(seed: number): boolean {
    chooseRandomBlock(this.#peer.chosen, this.#wire.remote, this.#group.geometry, seed);
    return true;
  }
}
