// One torrent on the user's thread: a thin front. What it knows came in events; what it asks goes to the engine.

import { join } from "node:path";
import { EventEmitter } from "node:events";
import type { Ref } from "@troupe/actor-runtime";
import type {
  AddTorrent,
  EngineProtocol,
  TorrentEvent,
  TorrentFault,
  TorrentId,
  TorrentInfo,
  TorrentProgress,
  TorrentState,
  TorrentStatus,
} from "@troupe/messages";
import { hasBit, setBit } from "@troupe/protocol";
import { EventQueue } from "./event-queue.ts";
import { Settled } from "./settled.ts";
import { refusalError, TroupeError } from "../troupe-error.ts";

/** Stopping may take this long: trackers are told within 1.5 s, files closed after. */
const stopDeadlineMs = 10_000;
/** As many as a torrent has connections, by default. */
const addedPeersKept = 200;

/** What `events()` yields and `on` hears, by its `event` name. */
export type TorrentUserEvent =
  | Exclude<TorrentEvent, { readonly event: "checked" }>
  | { readonly event: "stopped" };

type EventName = TorrentUserEvent["event"];
type EventOf<Name extends EventName> = Extract<TorrentUserEvent, { readonly event: Name }>;

/** Outcome of the first hash check. */
export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
  readonly failedPieces: readonly number[];
}

/** Counters that only grow. */
type Counted = Pick<TorrentProgress, "downloadedBytes" | "uploadedBytes" | "wastedBytes">;

const noProgress: TorrentProgress = {
  haveBytes: 0,
  wantedBytes: 0,
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  peers: 0,
};

/** A torrent of a {@link Coordinator}; made by `coordinator.add`. */
export class Torrent {
  readonly infoHash: string;
  readonly name: string;
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes of every piece but the last, which may be shorter. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  readonly files: readonly { readonly path: string; readonly lengthBytes: number }[];
  /** URLs by tier, in the order of the torrent. */
  readonly trackers: readonly (readonly string[])[];
  readonly isPrivate: boolean;
  /** Odd things in the .torrent that were accepted, as sentences. */
  readonly warnings: readonly string[];

  #state: TorrentState = "stopped";
  #fault: TorrentFault | undefined;
  #progress: TorrentProgress;
  #bitfield: Uint8Array;
  #id: TorrentId;
  readonly #request: AddTorrent;
  readonly #engine: Ref<EngineProtocol>;
  readonly #forget: (torrent: Torrent) => void;
  readonly #emitter = new EventEmitter();
  readonly #completed = new Settled<void>();
  readonly #checked = new Settled<CheckResult>();
  #wantsToRun = false;
  #wantsToPause = false;
  /** Peers that were added by hand, the newest; an engine that starts anew is told of them again. */
  #addedPeers: { readonly host: string; readonly port: number }[] = [];
  /** What engines that died had counted. */
  #earlier: Counted = { downloadedBytes: 0, uploadedBytes: 0, wastedBytes: 0 };

  /** For the coordinator only. */
  constructor(
    info: TorrentInfo,
    request: AddTorrent,
    engine: Ref<EngineProtocol>,
    forget: (torrent: Torrent) => void,
  ) {
    this.#id = info.torrent;
    this.#request = request;
    this.#engine = engine;
    this.#forget = forget;
    this.infoHash = info.infoHash;
    this.name = info.name;
    this.size = info.lengthBytes;
    this.pieceLength = info.pieceLengthBytes;
    this.pieceCount = info.pieces;
    this.trackers = info.trackers;
    this.isPrivate = info.isPrivate;
    this.warnings = info.warnings;
    this.files = info.files.map(({ path, lengthBytes }) => ({
      path: join(request.directory, path),
      lengthBytes,
    }));
    this.#bitfield = new Uint8Array(Math.ceil(info.pieces / 8));
    this.#progress = { ...noProgress, wantedBytes: info.lengthBytes };
  }

  get state(): TorrentState {
    return this.#state;
  }

  /** Why the state is `error`. */
  get fault(): TorrentFault | undefined {
    return this.#fault;
  }

  /** As of at most a second ago. */
  get progress(): TorrentProgress {
    return this.#progress;
  }

  get isComplete(): boolean {
    return this.left === 0;
  }

  /** Bytes that are missing. */
  get left(): number {
    return this.size - this.#progress.haveBytes;
  }

  get downloaded(): number {
    return this.#progress.downloadedBytes;
  }

  get uploaded(): number {
    return this.#progress.uploadedBytes;
  }

  /** Pieces had, wire order (most significant bit first); a copy. */
  get bitfield(): Uint8Array {
    return this.#bitfield.slice();
  }

  /** Resolves when everything is had. Rejects with the torrent's error, or `torrent-stopped` when it is removed. */
  get completed(): Promise<void> {
    return this.#completed.promise;
  }

  /** The result of the first hash check; resolves also when there was nothing to check. */
  get checked(): Promise<CheckResult> {
    return this.#checked.promise;
  }

  on<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#emitter.on(name, listener);
    return this;
  }

  off<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#emitter.off(name, listener);
    return this;
  }

  once<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#emitter.once(name, listener);
    return this;
  }

  /** Every event from now on, until the torrent is stopped or `signal` aborts. Bounded: see docs/limits.md. */
  events({
    signal,
  }: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<TorrentUserEvent> {
    const listener = (event: TorrentUserEvent): void => {
      queue.push(event);
      if (event.event === "stopped") queue.end();
    };
    this.#emitter.on("any", listener);
    const queue = new EventQueue<TorrentUserEvent>({
      ...(signal !== undefined && { signal }),
      ended: () => this.#emitter.off("any", listener),
    });
    return queue;
  }

  /** Starts a stopped torrent, resumes a paused one, tries again after an error. Idempotent. */
  start(): void {
    this.#wantsToRun = true;
    this.#wantsToPause = false;
    this.#engine.cast("start-torrent", { torrent: this.#id });
  }

  /** Announces `stopped`, closes connections and files. */
  async stop(): Promise<void> {
    this.#wantsToRun = false;
    this.#wantsToPause = false;
    await this.#engine.call("stop-torrent", { torrent: this.#id }, { deadlineMs: stopDeadlineMs });
  }

  /** Keeps connections; nothing is requested or served until `start`. One that is being checked is paused after that. */
  pause(): void {
    this.#wantsToPause = true;
    this.#engine.cast("pause-torrent", { torrent: this.#id });
  }

  /** Dials a peer, numeric address. */
  addPeer({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#addedPeers = [...this.#addedPeers, { host, port }].slice(-addedPeersKept);
    this.#engine.cast("add-peer", { torrent: this.#id, host, port });
  }

  /** The whole picture now: peers, trackers, pieces. @throws TroupeError `no-torrent` after removal. */
  async status(): Promise<TorrentStatus> {
    const status = await this.#engine.call("torrent-status", { torrent: this.#id });
    if (!("refused" in status)) return status;
    throw new TroupeError("no-torrent", `torrent ${this.infoHash} was removed`);
  }

  /** Stops it and forgets it; its files stay. */
  async remove(): Promise<void> {
    this.#wantsToRun = false;
    this.#forget(this);
    await this.#engine.call(
      "remove-torrent",
      { torrent: this.#id },
      { deadlineMs: stopDeadlineMs },
    );
    this.ended();
  }

  /** For the coordinator only: its number in the engine. */
  get id(): TorrentId {
    return this.#id;
  }

  /** For the coordinator only: tells a new engine of it; what is on disk is checked again there. */
  async addAgain(): Promise<void> {
    const peers = [...this.#request.peers, ...this.#addedPeers];
    const info = await this.#engine.call("add-torrent", { ...this.#request, peers });
    if ("refused" in info) throw refusalError(info);
    this.#id = info.torrent;
    this.#bitfield.fill(0);
    this.#earlier = this.#progress;
    this.#progress = { ...this.#progress, haveBytes: 0 };
    if (!this.#wantsToRun) return;
    this.#engine.cast("start-torrent", { torrent: this.#id });
    if (this.#wantsToPause) this.#engine.cast("pause-torrent", { torrent: this.#id });
  }

  /** For the coordinator only. */
  receive(said: TorrentEvent): void {
    const event = said.event === "progress" ? { ...said, ...sum(said, this.#earlier) } : said;
    this.#take(event);
    if (event.event === "checked") return;
    this.#emit(event);
    if (event.event === "state" && event.state === "stopped") this.#emit({ event: "stopped" });
  }

  /** For the coordinator only: nothing follows any more. */
  ended(): void {
    const error = new TroupeError("torrent-stopped", `torrent ${this.name} was stopped`);
    this.#completed.reject(error);
    this.#checked.reject(error);
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#emit({ event: "stopped" });
  }

  #emit(event: TorrentUserEvent): void {
    // An "error" nobody listens to is data here, not an exception: it also rejects `completed`.
    if (event.event !== "error" || this.#emitter.listenerCount("error") > 0) {
      this.#emitSafely(event.event, event);
    }
    this.#emitSafely("any", event);
  }

  /** What a listener throws is the user's: it must not look like a failure of the one who told the event. */
  #emitSafely(name: string, event: TorrentUserEvent): void {
    try {
      this.#emitter.emit(name, event);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  }

  #take(event: TorrentEvent): void {
    switch (event.event) {
      case "state":
        this.#state = event.state;
        this.#fault = event.fault;
        return;
      case "progress": {
        const { event: _name, ...progress } = event;
        this.#progress = progress;
        return;
      }
      case "piece":
        if (event.verified) this.#notePiece(event.index);
        return;
      case "checked":
        return this.#noteChecked(event.bitfield);
      case "complete":
        return this.#completed.resolve();
      case "error": {
        const error = new TroupeError(event.code, event.message);
        this.#completed.reject(error);
        this.#checked.reject(error);
        return;
      }
      default:
        return;
    }
  }

  #notePiece(index: number): void {
    if (hasBit(this.#bitfield, index)) return;
    setBit(this.#bitfield, index);
    const haveBytes = this.#progress.haveBytes + this.#pieceBytes(index);
    this.#progress = { ...this.#progress, haveBytes };
  }

  #noteChecked(bitfield: Uint8Array): void {
    this.#bitfield.set(bitfield);
    const failedPieces: number[] = [];
    let haveBytes = 0;
    for (let piece = 0; piece < this.pieceCount; piece++) {
      if (hasBit(bitfield, piece)) haveBytes += this.#pieceBytes(piece);
      else failedPieces.push(piece);
    }
    this.#progress = { ...this.#progress, haveBytes };
    const failed = failedPieces.length;
    this.#checked.resolve({ passed: this.pieceCount - failed, failed, failedPieces });
  }

  #pieceBytes(piece: number): number {
    return Math.min(this.pieceLength, this.size - piece * this.pieceLength);
  }
}

function sum(a: Counted, b: Counted): Counted {
  return {
    downloadedBytes: a.downloadedBytes + b.downloadedBytes,
    uploadedBytes: a.uploadedBytes + b.uploadedBytes,
    wastedBytes: a.wastedBytes + b.wastedBytes,
  };
}
