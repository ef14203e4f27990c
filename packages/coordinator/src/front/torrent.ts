// One torrent on the user's thread: a thin front. What it knows came in events; what it asks goes to the engine.

import { join } from "node:path";
import { EventEmitter } from "node:events";
import type { ReplyOf } from "@troupe/actor-runtime";
import type {
  EngineProtocol,
  TorrentEvent,
  TorrentFault,
  TorrentId,
  TorrentInfo,
  TorrentProgress,
  TorrentState,
  TorrentStatus,
  Why,
} from "@troupe/messages";
import { highestPriority } from "../file-priorities.ts";
import { known, refusalError, TroupeError } from "../troupe-error.ts";
import { EventQueue } from "./event-queue.ts";
import { within } from "./options.ts";
import { asideError, asideStatus } from "./set-aside.ts";
import { Settled } from "./settled.ts";
import { TorrentFigures, type CheckResult, type TorrentFile } from "./torrent-figures.ts";
import type { EventName, EventOf, TorrentParts, TorrentUserEvent } from "./torrent-parts.ts";
import { emitSafely } from "./user-listeners.ts";

/** Stopping takes two seconds at most; the rest is for an engine that has much to do. */
const stopDeadlineMs = 10_000;
/** As many as a torrent has connections, by default. */
const addedPeersKept = 200;

/** A torrent of a {@link Coordinator}; made by `coordinator.add`. */
export class Torrent {
  readonly infoHash: string;
  readonly name: string;
  /** Bytes of all files. */
  readonly size: number;
  /** Bytes of every piece but the last, which may be shorter. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** URLs by tier, in the order of the torrent. */
  readonly trackers: readonly (readonly string[])[];
  readonly isPrivate: boolean;
  /** Odd things in the .torrent that were accepted, as sentences. */
  readonly warnings: readonly string[];

  /** For the coordinator only, which reads it: no engine knows it until it is started again. */
  isSetAside = false;
  #state: TorrentState = "stopped";
  #fault: TorrentFault | undefined;
  #id: TorrentId;
  readonly #parts: TorrentParts;
  readonly #figures: TorrentFigures;
  readonly #emitter = new EventEmitter();
  readonly #completed = new Settled<void>();
  readonly #checked = new Settled<CheckResult>();
  #wantsToRun = false;
  #wantsToPause = false;
  /** Peers that were added by hand, the newest; an engine that starts anew is told of them again. */
  #addedPeers: { readonly host: string; readonly port: number }[] = [];

  /** For the coordinator only. */
  constructor(info: TorrentInfo, parts: TorrentParts) {
    this.#id = info.torrent;
    this.#parts = parts;
    this.#figures = new TorrentFigures(info, parts.request.priorities);
    this.infoHash = info.infoHash;
    this.name = info.name;
    this.size = info.lengthBytes;
    this.pieceLength = info.pieceLengthBytes;
    this.pieceCount = info.pieces;
    this.trackers = info.trackers;
    this.isPrivate = info.isPrivate;
    this.warnings = info.warnings;
  }

  /** Every file as it is now, padding included; made anew at each call. */
  get files(): readonly TorrentFile[] {
    return this.#figures.files((path) => join(this.#parts.request.directory, path));
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
    return this.#figures.progress;
  }

  /** All that is wanted is had. */
  get isComplete(): boolean {
    return this.left === 0;
  }

  /** All that there is is had. */
  get isSeed(): boolean {
    return this.#figures.isSeed;
  }

  /** Bytes of the pieces that are wanted and not had. */
  get left(): number {
    return this.#figures.leftBytes;
  }

  /** Pieces that are wanted and not had, wire order; a copy. */
  get wanted(): Uint8Array {
    return this.#figures.wanted;
  }

  /** One a file, in the order of `files`. */
  get priorities(): readonly number[] {
    return this.#figures.priorities;
  }

  get downloaded(): number {
    return this.progress.downloadedBytes;
  }

  get uploaded(): number {
    return this.progress.uploadedBytes;
  }

  /** Pieces had, wire order (most significant bit first); a copy. */
  get bitfield(): Uint8Array {
    return this.#figures.bitfield;
  }

  /** Resolves when all that is wanted is had. Rejects with the torrent's error, or `torrent-stopped` when it is removed. */
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

  /**
   * Starts a stopped torrent, resumes a paused one, tries again after an error. Idempotent. When another process, or
   * another coordinator, runs it in the same folder it gets the error `already-running`.
   */
  start(): void {
    if (this.#parts.lock.isHeld) {
      this.#run();
      this.#tellToRun();
    } else {
      this.begin().catch((error: unknown) => this.#fail(error));
    }
  }

  /** Announces `stopped`, closes connections and files. */
  async stop(): Promise<void> {
    this.#wantsToRun = false;
    this.#wantsToPause = false;
    try {
      await this.#askToStop();
    } finally {
      if (!this.#wantsToRun) await this.#parts.lock.release();
    }
  }

  /** Keeps connections; nothing is requested or served until `start`. One that is being checked is paused after that. */
  pause(): void {
    this.#wantsToPause = true;
    this.#parts.engine.cast("pause-torrent", { torrent: this.#id });
  }

  /** Dials a peer: a numeric address, or a name that is looked up. */
  addPeer({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#addedPeers = [...this.#addedPeers, { host, port }].slice(-addedPeersKept);
    this.#parts.engine.cast("add-peer", { torrent: this.#id, host, port });
  }

  /**
   * Sets the priority of one file, from the next piece that is begun: higher goes before lower, and 0 is never
   * requested, but for the pieces that it shares with a file that is wanted.
   *
   * @param file Its place in `files`.
   * @param priority 0 to 65,535.
   * @throws TroupeError `option-out-of-range`
   */
  setPriority(file: number, priority: number): void {
    this.setPriorities([[file, priority]]);
  }

  /** The same for several files at once: pairs of a place in `files` and a priority. */
  setPriorities(pairs: readonly (readonly [file: number, priority: number])[]): void {
    const last = this.#figures.priorities.length - 1;
    const priorities = pairs.map(([file, priority]) => ({
      file: within("file", file, 0, last),
      priority: within("priority", priority, 0, highestPriority),
    }));
    this.#figures.setPriorities(priorities);
    this.#parts.engine.cast("set-priorities", { torrent: this.#id, priorities });
  }

  /** The whole picture now: peers, trackers, pieces. @throws TroupeError `no-torrent` after removal. */
  async status(): Promise<TorrentStatus> {
    if (this.isSetAside && this.#fault !== undefined) return asideStatus(this, this.#fault);
    return known(this, await this.#ask("torrent-status"));
  }

  /** Why it is not faster: one sentence, and a code that never changes. @throws TroupeError `no-torrent` after removal. */
  async why(): Promise<Why> {
    // One that another process runs is in error here, and stopped in the engine.
    if (this.#fault !== undefined) return { code: "failed", message: this.#fault.message };
    return known(this, await this.#ask("torrent-why"));
  }

  /** Stops it and forgets it; its files stay. */
  async remove(): Promise<void> {
    this.#wantsToRun = false;
    this.#parts.forget(this);
    try {
      await this.#ask("remove-torrent", stopDeadlineMs);
    } finally {
      await this.ended();
    }
  }

  /** For the coordinator only: its number with the front. */
  get ticket(): number | undefined {
    return this.#parts.request.ticket;
  }

  /** For the coordinator only: engines died at it. It gets the error `quarantined`. */
  setAside(): void {
    this.isSetAside = true;
    this.#fail(asideError(this.name));
  }

  /** For the coordinator only: its number in the engine. */
  get id(): TorrentId {
    return this.#id;
  }

  /** For the coordinator only: starts it once nobody else runs it. @throws TroupeError `already-running` */
  async begin(): Promise<void> {
    this.#run();
    await this.#parts.lock.take();
    if (this.#wantsToRun) this.#tellToRun();
    else await this.#parts.lock.release();
  }

  /** For the coordinator only: tells a new engine of it; what is on disk is checked again there. */
  async addAgain(): Promise<void> {
    const { engine, request, lock } = this.#parts;
    const peers = [...request.peers, ...this.#addedPeers];
    const { priorities } = this.#figures;
    const info = await engine.call("add-torrent", { ...request, peers, priorities });
    if ("refused" in info) throw refusalError(info);
    this.#id = info.torrent;
    this.isSetAside = false;
    this.#figures.beginAgain();
    if (this.#wantsToRun && lock.isHeld) this.#tellToRun();
    // In the new engine it has never run.
    else if (this.#state !== "stopped") this.receive({ event: "state", state: "stopped" });
  }

  /** For the coordinator only. */
  receive(said: TorrentEvent): void {
    const event = this.#take(said);
    if (event.event === "checked") return;
    this.#emit(event);
    if (event.event === "state" && event.state === "stopped") this.#emit({ event: "stopped" });
  }

  /** For the coordinator only: nothing follows any more. Resolves when others may run it. */
  async ended(): Promise<void> {
    const error = new TroupeError("torrent-stopped", `torrent ${this.name} was stopped`);
    this.#wantsToRun = false;
    this.#completed.reject(error);
    this.#checked.reject(error);
    if (this.#state !== "stopped") {
      this.#state = "stopped";
      this.#emit({ event: "stopped" });
    }
    await this.#parts.lock.release();
  }

  /** A start that came while an engine was waited for is newer, and wins. */
  async #askToStop(): Promise<void> {
    const { engine, patiently } = this.#parts;
    await patiently(async () => {
      if (this.#wantsToRun) return;
      if (this.isSetAside) return this.receive({ event: "state", state: "stopped" });
      const torrent = this.#id;
      await engine.call("stop-torrent", { torrent }, { deadlineMs: stopDeadlineMs });
    });
  }

  /** By its number of that moment: each engine gives it another. */
  async #ask<Name extends "torrent-status" | "torrent-why" | "remove-torrent">(
    name: Name,
    deadlineMs?: number,
  ): Promise<ReplyOf<EngineProtocol, Name>> {
    const { engine, patiently } = this.#parts;
    const options = deadlineMs === undefined ? {} : { deadlineMs };
    return await patiently(() => engine.call(name, { torrent: this.#id }, options));
  }

  #run(): void {
    this.#wantsToRun = true;
    this.#wantsToPause = false;
  }

  #tellToRun(): void {
    const { engine, addAnew } = this.#parts;
    if (this.isSetAside) return addAnew(this, (error) => this.#fail(error));
    engine.cast("start-torrent", { torrent: this.#id });
    if (this.#wantsToPause) engine.cast("pause-torrent", { torrent: this.#id });
  }

  #fail(error: unknown): void {
    this.#wantsToRun = false;
    const { code = "internal", message } = error as { code?: string; message: string };
    this.receive({ event: "state", state: "error", fault: { code, message } });
    this.receive({ event: "error", code, message });
  }

  #emit(event: TorrentUserEvent): void {
    // An "error" nobody listens to is data here, not an exception: it also rejects `completed`.
    if (event.event !== "error" || this.#emitter.listenerCount("error") > 0) {
      emitSafely(this.#emitter, event.event, event);
    }
    emitSafely(this.#emitter, "any", event);
  }

  /** @returns The event as the user sees it. */
  #take(event: TorrentEvent): TorrentEvent {
    switch (event.event) {
      case "state":
        this.#state = event.state;
        this.#fault = event.fault;
        return event;
      case "progress": {
        const { event: name, ...progress } = event;
        return { event: name, ...this.#figures.update(progress) };
      }
      case "piece":
        if (event.verified) this.#figures.addPiece(event.index);
        return event;
      case "checked":
        this.#checked.resolve(this.#figures.check(event.bitfield));
        return event;
      case "complete":
        this.#completed.resolve();
        return event;
      case "error": {
        const error = new TroupeError(event.code, event.message);
        this.#completed.reject(error);
        this.#checked.reject(error);
        return event;
      }
      default:
        return event;
    }
  }
}
