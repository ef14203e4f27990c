// A peer of a group, over one visit: its pieces, its state, its connections one after another.

import type { Listener, Stream, StreamHandlers } from "@troupe/actor-runtime";
import type { PeerState } from "../peer-recorder.ts";
import { isOwnFault } from "../own-faults.ts";
import { Connection } from "./connection.ts";
import { type BlockResult, Download } from "./download.ts";
import type { ChosenBlock, GroupShared } from "./group-shared.ts";
import { drawnBits, PieceSet } from "./own-pieces.ts";
import type { PeerArrival } from "./peer-group.ts";
import { nextState, type PeerEvent, stateBefore } from "./peer-state.ts";
import { RequestList } from "./request-list.ts";
import type { RequestsEnd } from "./requester.ts";
import { scrambled } from "./scrambled.ts";

const dialTimeoutMs = 20_000;
/** A peer that leaves a connection or a handshake that is younger accuses nobody, unless many do. */
const excusedMs = 200;
/** Intents of an open load that wait for the other side. */
const mostWaitingIntents = 10_000;

/** Receives the events of peers. */
export interface PeerOwner {
  /** A connection, or a listener, begins. */
  socketMade(): void;
  /** It is closed. */
  socketClosed(): void;
  left(peer: LightPeer): void;
}

/** A peer that keeps the rules. */
export class LightPeer {
  readonly seed: number;
  readonly number: number;
  readonly own: PieceSet;
  readonly download: Download | undefined;
  /** The block that the requester chose last. */
  readonly chosen: ChosenBlock;
  readonly #group: GroupShared;
  readonly #owner: PeerOwner;
  readonly #arrival: PeerArrival;
  readonly #arrivedMs: number;
  readonly #startPieces: number;
  #intents: RequestList | undefined;
  #state: PeerState | undefined;
  #connection: Connection | undefined;
  #listener: Listener | undefined;
  #openedMs: number | undefined;
  #hasTalked = false;
  #heededMs = -Infinity;
  /** The request that ended last was not. */
  #isOwed = false;
  /** Why this machine could not connect, or listen; undefined when the last attempt reached the other side. */
  #ownFault: string | undefined;
  #hasFirstPiece = false;
  #uploadedBytes = 0;

  constructor(group: GroupShared, owner: PeerOwner, arrival: PeerArrival) {
    const { settings } = group;
    this.seed = arrival.seed;
    this.number = arrival.peer;
    this.#group = group;
    this.#owner = owner;
    this.#arrival = arrival;
    this.#arrivedMs = group.nowMs();
    this.chosen = group.chosen;
    const { take, pace, behaviour, has } = settings;
    const share = behaviour === "seeder" ? 1 : behaviour === "idle" ? 0 : has;
    this.own = new PieceSet(group.bits, drawnBits(group.bits, share, this.seed));
    this.#startPieces = this.own.count;
    const takes = behaviour !== "idle" && behaviour !== "seeder" && pace.kind === "depth";
    if (takes && take !== undefined) {
      this.download = new Download({ ...group.pieces, take }, this.seed, this.own);
    }
  }

  /** Intents of an open load that wait: seed and intended time. */
  get intents(): RequestList {
    return (this.#intents ??= new RequestList());
  }

  get isGone(): boolean {
    return this.#state === "gone";
  }

  /** It waits for its connection, or for the handshake. */
  get isConnecting(): boolean {
    return this.#connection?.isOpen === false;
  }

  start(): void {
    this.#group.settings.recorder.count("arrived");
    if (this.#group.settings.dials === "out") this.#dial();
    else void this.#listen();
  }

  /** Once a second. */
  tick(nowMs: number): void {
    this.#connection?.tick(nowMs);
  }

  /** An intent of an open load. */
  request(seed: number, intendedMs: number): void {
    if (this.isGone || this.intents.count >= mostWaitingIntents) return this.#notSent(intendedMs);
    this.intents.add(seed, 0, 0, intendedMs);
    if (this.#connection?.isOpen === true) this.#connection.fill();
  }

  /** The load is over: actions that wait are not sent. */
  drain(): void {
    if (this.#connection?.isOpen === true) this.#endIntents();
  }

  /** Leaves, for a reason of ours. @param requests The end of requests that wait. */
  leave(reason: string, requests: RequestsEnd): void {
    if (this.isGone) return;
    const connection = this.#connection;
    this.#gone(requests);
    connection?.close(reason, requests);
  }

  /** When the other side last answered a request of this visit, or refused it; -Infinity: never. */
  get heededMs(): number {
    return this.#heededMs;
  }

  /** The other side has answered a request, or refused it. */
  heeded(nowMs: number): void {
    this.#heededMs = nowMs;
    this.#isOwed = false;
  }

  /** A request has ended without an answer. */
  unheeded(): void {
    this.#isOwed = true;
  }

  /** A connection could not be opened. */
  refused(reason: string): void {
    this.#ownFault = isOwnFault(reason) ? reason : undefined;
  }

  /** The other side has shaken hands. */
  talks(): void {
    this.#hasTalked = true;
  }

  /** The end of a stay, or of a pause before another dial. */
  due(): void {
    if (this.#group.isDraining) return;
    const leavesMs = (this.#openedMs ?? Infinity) + this.#arrival.stayMs;
    if (this.#group.nowMs() >= leavesMs) this.leave("stay over", "abandoned");
    else if (this.#state === "waiting" && this.#listener === undefined) this.#dial();
  }

  /** A connection stands. */
  opened(nowMs: number): void {
    this.change("opened");
    this.#ownFault = undefined;
    const { stayMs } = this.#arrival;
    if (this.#openedMs === undefined && stayMs < Infinity)
      this.#group.due.add(nowMs + stayMs, this);
    this.#openedMs ??= nowMs;
    if (this.download?.isComplete === true) this.change("completed");
  }

  /** A connection has ended. @param isLost Not by us. */
  disconnected(connection: Connection, isLost: boolean): void {
    this.#owner.socketClosed();
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    if (this.isGone) return;
    const { retryAfterMs, dials } = this.#group.settings;
    if (this.#group.isDraining) this.#gone();
    else if (isLost && this.#listener !== undefined) this.change("wait");
    else if (isLost && retryAfterMs !== undefined && dials === "out") {
      this.change("wait");
      this.#group.due.add(this.#group.nowMs() + retryAfterMs, this);
    } else this.#gone();
  }

  change(event: PeerEvent): void {
    const from = this.#state;
    const to = nextState(from ?? "waiting", event);
    if (from === to) return;
    this.#state = to;
    this.#group.settings.recorder.moved(from ?? stateBefore(this.#arrival), to);
  }

  /** A block has come whole. */
  received(piece: number, lengthBytes: number, isRight: boolean): BlockResult {
    const { download } = this;
    if (download === undefined) return "not-wanted";
    const result = download.received(piece, lengthBytes, isRight);
    if (result === "piece-had") this.#had(piece);
    return result;
  }

  uploaded(lengthBytes: number): void {
    this.#uploadedBytes += lengthBytes;
    const { stay } = this.#arrival;
    if (stay.kind !== "ratio" || this.#group.isDraining) return;
    const pieces = this.#startPieces + (this.download?.hadPieces ?? 0);
    const bytes = pieces * this.#group.geometry.pieceLengthBytes;
    if (this.download?.isComplete !== false && this.#uploadedBytes >= stay.ratio * bytes)
      this.leave("ratio reached", "abandoned");
  }

  /** After the messages of one read: a peer that became whole may leave. */
  finish(): void {
    if (this.#state === "complete" && this.#arrival.stay.kind === "whole")
      this.leave("whole", "abandoned");
  }

  /** 20 bytes. */
  peerId(): Uint8Array {
    const { seed, number } = this;
    const words = scrambled(seed).toString(16).padStart(8, "0");
    return Buffer.from(`-TL0100-${words}${(number & 0xffff).toString(16).padStart(4, "0")}`);
  }

  #dial(): void {
    const { target, mayDial, recorder } = this.#group.settings;
    if (!mayDial(target)) {
      recorder.count("refused", 1, "address not allowed");
      this.refused("address not allowed");
      return this.#gone();
    }
    this.change("dial");
    const connection = this.#connect();
    const { localHost } = this.#arrival;
    const options = { timeoutMs: dialTimeoutMs, ...(localHost !== undefined && { localHost }) };
    connection.attach(this.#group.dialer.dial(target, connection, options));
  }

  #connect(): Connection {
    const connection = new Connection(this.#group, this);
    this.#connection = connection;
    this.#owner.socketMade();
    return connection;
  }

  async #listen(): Promise<void> {
    const { ports, recorder, listening } = this.#group.settings;
    this.change("wait");
    const host = this.#arrival.localHost ?? "0.0.0.0";
    this.#owner.socketMade();
    try {
      const listener = await ports.sockets.listen({ host, port: 0 }, (stream) =>
        this.#accept(stream),
      );
      this.#listener = listener;
      if (this.isGone) this.#closeListener();
      else listening?.(this.number, listener.address);
    } catch (error) {
      const reason = `cannot listen: ${codeOf(error)}`;
      recorder.count("refused", 1, reason);
      this.#ownFault = reason;
      this.#owner.socketClosed();
      this.#gone();
    }
  }

  #accept(stream: Stream): StreamHandlers {
    const isWelcome = this.#state === "waiting" && this.#group.settings.mayDial(stream.remote);
    if (!isWelcome) {
      stream.destroy();
      return refusedStream;
    }
    const connection = this.#connect();
    connection.start(stream, false);
    return connection;
  }

  #had(piece: number): void {
    const { recorder, torrent } = this.#group.settings;
    const nowMs = this.#group.nowMs();
    if (!this.#hasFirstPiece) {
      this.#hasFirstPiece = true;
      recorder.sample("first_piece", this.#openedMs ?? nowMs, nowMs);
    }
    if (torrent.content !== undefined && this.own.add(piece)) this.#connection?.show(piece);
    if (this.download?.isComplete !== true) return;
    recorder.sample("completion", this.#arrivedMs, nowMs);
    recorder.count("completed");
    this.change("completed");
    this.#connection?.requester.updateInterest();
  }

  #closeListener(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    void listener?.close().then(() => this.#owner.socketClosed());
  }

  #gone(requests: RequestsEnd = "unanswered"): void {
    if (!this.isGone) this.#endVisit(requests);
    this.#endIntents();
    this.change("left");
    this.#connection = undefined;
    this.#closeListener();
    this.#owner.left(this);
  }

  #endVisit(requests: RequestsEnd): void {
    const { countsVisits, recorder } = this.#group.settings;
    if (!countsVisits) return;
    const plannedMs = this.#arrival.plannedMs ?? this.#arrivedMs;
    const waitedMs = this.#connection?.waitedMs ?? Infinity;
    const isExcused = !this.#hasTalked && requests === "abandoned" && waitedMs < excusedMs;
    if (this.#hasTalked || isExcused) {
      const isOwed = this.#isOwed || this.#connection?.requester.owes(requests) === true;
      if (isOwed) recorder.account("visits_owed", plannedMs);
      if (isExcused) recorder.account("visits_excused", plannedMs);
      return recorder.account("sent", plannedMs);
    }
    if (this.#ownFault !== undefined)
      return recorder.account("not_sent_ours", plannedMs, this.#ownFault);
    const reason = this.#openedMs === undefined ? "no connection" : "no handshake";
    recorder.account("not_sent_target", plannedMs, reason);
  }

  /** Intents that wait will not be sent. */
  #endIntents(): void {
    const intents = this.#intents;
    while (intents?.takeFirst() === true) this.#notSent(intents.takenMs);
  }

  /** An action that its peer cannot do, by the side that is the cause. */
  #notSent(intendedMs: number): void {
    const { recorder } = this.#group.settings;
    const connection = this.#connection;
    if (this.#ownFault !== undefined)
      return recorder.account("not_sent_ours", intendedMs, this.#ownFault);
    if (connection?.isOpen !== true) {
      const reason = this.#openedMs === undefined ? "no connection" : "connection ended";
      return recorder.account("not_sent_target", intendedMs, reason);
    }
    switch (connection.requester.waitsFor) {
      case "unchoke":
        return recorder.account("not_unchoked", intendedMs);
      case "answers":
        return recorder.account("not_sent_target", intendedMs, "its request queue is full");
      case "own-line":
        return recorder.account("not_sent_ours", intendedMs, "line of the peer");
    }
  }
}

const refusedStream: StreamHandlers = {
  bytes() {},
  closed() {},
};

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
