// A torrent on the user's thread: mirrors the engine, and keeps what must outlive an engine (wish, lock, quarantine, promises).

import { join } from "node:path";
import { asFault, type ReplyOf } from "@troupe/actor-runtime";
import { UserEvents } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type {
  ApiProtocol,
  NamedPeer,
  TorrentEvent,
  TorrentFault,
  TorrentId,
  TorrentInfo,
  TorrentState,
} from "@troupe/messages";
import { AddedPeers } from "./added-peers.ts";
import { torrentEventNames } from "./events/event-names.ts";
import { isForFigures, mirrorFigures, type MirroredEvent } from "./events/mirrored-events.ts";
import { receiveHad } from "./events/piece-events.ts";
import { HashChecks, type PieceChoice } from "./hash-checks.ts";
import { Arrival } from "./life/arrival.ts";
import { actAtGoal } from "./life/goal-action.ts";
import { Moves } from "./life/moves.ts";
import { quarantinedError } from "./life/quarantined-torrent.ts";
import { StartPermit } from "./life/start-permit.ts";
import { forgetTorrent, type Removal } from "./life/torrent-removal.ts";
import { receiveMetadata, refuseUnknown } from "./metadata-arrival.ts";
import { LiveSettings } from "./live-settings.ts";
import { MetadataListeners } from "./metadata-listeners.ts";
import { PieceDeadlines } from "./piece-deadlines.ts";
import { Renames } from "./renames.ts";
import { renewInDoubt } from "./lock/lock-renewal.ts";
import { prioritiesSince } from "../file-priorities.ts";
import { prioritiesWithin } from "./options/priority-choice.ts";
import { ReaderWaits } from "./reading/reader-waits.ts";
import { callLimits } from "./call-limits.ts";
import { RecordedFigures } from "./recorded-figures.ts";
import { refusalError } from "./refusal-error.ts";
import { TorrentProgressView, type CheckResult, type TorrentFile } from "./torrent-progress.ts";
import { PeerTraces } from "./traces/peer-traces.ts";
import { TorrentPromises } from "./torrent-promises.ts";
import type { TorrentCall, TorrentServices, TorrentUserEvent } from "./torrent-services.ts";

/** A torrent over all engines of its coordinator. */
export class TorrentProxy {
  /** Replaced when the metadata of a magnet comes, with `figures` and `services`. */
  info: TorrentInfo;
  figures: TorrentProgressView;
  readonly promises = new TorrentPromises();
  readonly events = new UserEvents(torrentEventNames);
  readonly moves: Moves;
  readonly settings: LiveSettings = new LiveSettings(this);
  readonly arrival: Arrival = new Arrival(this);
  readonly renames: Renames = new Renames(this);
  readonly recorded: RecordedFigures = new RecordedFigures(this);
  readonly listeners: MetadataListeners = new MetadataListeners(this);
  readonly deadlines: PieceDeadlines = new PieceDeadlines(this);
  readonly readers = new ReaderWaits();
  readonly traces = new PeerTraces();
  /** For the folder of the files; a move replaces them too. */
  services: TorrentServices;
  /** Takes the torrent when its row may have changed. Undefined: no program reads rows. */
  changes: Set<TorrentProxy> | undefined;
  /** The own engine of a job, which ends with the torrent. */
  owner: { close(): Promise<void> } | undefined;
  /** Undefined until the first engine has said a state. */
  #shown: Extract<TorrentEvent, { readonly event: "state" }> | undefined;
  #id: TorrentId;
  #isQuarantined = false;
  readonly #checks: HashChecks;
  readonly permit: StartPermit;
  readonly #addedPeers = new AddedPeers();

  constructor(info: TorrentInfo, services: TorrentServices) {
    this.info = info;
    this.services = services;
    const priorities = info.hasMetadata ? services.request.priorities : undefined;
    this.figures = new TorrentProgressView(info, priorities, services.request.settings);
    this.#id = info.torrent;
    this.moves = new Moves(services.mayBeMoving, this);
    this.permit = new StartPermit(this);
    if (info.hasMetadata) this.promises.metadataKnown();
    this.#checks = new HashChecks({
      pieceCount: () => this.info.pieces,
      begin: (check, ranges) =>
        this.services.engine.cast("hash-check", { torrent: this.#id, check, ranges }),
      cancel: (check) =>
        this.services.engine.cast("cancel-hash-check", { torrent: this.#id, check }),
    });
  }

  /** Its number in the present engine. */
  get id(): TorrentId {
    return this.#id;
  }

  /** Its number in the coordinator. */
  get ticket(): number | undefined {
    return this.services.request.ticket;
  }

  get priorities(): readonly number[] {
    return this.figures.priorities;
  }

  /** Priorities that later runs of the program restore. */
  get chosenPriorities(): readonly number[] | undefined {
    const chosen = this.services.priorities;
    if (!this.info.hasMetadata) return typeof chosen === "function" ? undefined : chosen;
    return this.priorities.some((priority) => priority !== 1) ? this.priorities : undefined;
  }

  get files(): readonly TorrentFile[] {
    return this.figures.files((path) => join(this.services.request.directory, path));
  }

  /** An added torrent that is to run is never `stopped`, although the engine has not begun its run. */
  get state(): TorrentState {
    if (this.#shown !== undefined) return this.#shown.state;
    if (!this.isStarted) return "stopped";
    return this.info.hasMetadata ? "starting" : "metadata";
  }

  get fault(): TorrentFault | undefined {
    return this.#shown?.fault;
  }

  /** The wish, as later runs of the program restore it. */
  get isStarted(): boolean {
    return this.permit.wish.run;
  }

  /** False for a torrent of `metadataOnly` whose metadata is known. */
  get mayRun(): boolean {
    return !this.info.hasMetadata || this.services.request.mode !== "metadata-only";
  }

  get isQuarantined(): boolean {
    return this.#isQuarantined;
  }

  /** @throws TroupeError `coordinator-closed` */
  start(): void {
    this.services.refuseClosed();
    if (this.mayRun && this.promises.renew()) this.permit.start();
  }

  pause(): void {
    this.permit.pause();
    this.services.engine.cast("pause-torrent", { torrent: this.#id });
  }

  async stop(): Promise<void> {
    const waitedForDisk = this.permit.waitsForDisk;
    this.permit.stop();
    try {
      await this.stopInEngine();
      // The engine has not run the torrent, and emits nothing.
      if (waitedForDisk && this.state === "error" && !this.permit.isSought)
        this.receive({ event: "state", state: "stopped" });
    } finally {
      if (!this.permit.isSought && !this.moves.areUnderWay) await this.services.lock.release();
    }
  }

  addPeer(peer: NamedPeer): void {
    this.#addedPeers.add(peer);
    this.services.engine.cast("add-peer", { torrent: this.#id, ...peer });
  }

  disconnect({ host, port }: { readonly host: string; readonly port: number }): void {
    this.services.engine.cast("disconnect-peer", { torrent: this.#id, host, port });
  }

  setPriorities(pairs: readonly (readonly [file: number, priority: number])[]): void {
    refuseUnknown(this.info, "set priorities");
    const priorities = prioritiesWithin(pairs, this.figures.priorities.length);
    this.figures.setPriorities(priorities);
    this.saveWish();
    this.services.engine.cast("set-priorities", { torrent: this.#id, priorities });
  }

  async move(directory: string): Promise<void> {
    refuseUnknown(this.info, "move");
    await this.arrival.move(directory);
  }

  async hashcheck(
    pieces: number | readonly PieceChoice[] | undefined,
    signal: AbortSignal | undefined,
  ): Promise<CheckResult> {
    if (this.#isQuarantined) throw quarantinedError(this.info.name);
    refuseUnknown(this.info, "check");
    return await this.#checks.start(pieces, signal);
  }

  async ask<Name extends TorrentCall>(name: Name): Promise<ReplyOf<ApiProtocol, Name>> {
    const { engine, untilAnswered } = this.services;
    return await untilAnswered(() => engine.call(name, { torrent: this.#id }, callLimits));
  }

  async remove(removal: Removal = "torrent"): Promise<void> {
    this.permit.end();
    // Without a move the torrent leaves the list in this turn: the event of a goal comes next.
    if (this.moves.areUnderWay || this.moves.mayBeCutOff) await this.moves.endForRemoval();
    this.services.forget();
    try {
      await forgetTorrent(this.services, this, removal);
    } finally {
      await this.end();
    }
  }

  resume(): void {
    this.permit.resume();
  }

  /** Keeps the torrent from all engines until its user starts it. */
  quarantine(): void {
    this.#isQuarantined = true;
    this.#fail(quarantinedError(this.info.name));
    this.#checks.fail(quarantinedError(this.info.name));
  }

  /** Adds the torrent to a new engine, which checks the files again. */
  async addToEngine(): Promise<void> {
    const { engine, request } = this.services;
    const { priorities } = this.figures;
    const { values, modules } = this.settings;
    const metadataWait = this.listeners.wait;
    const added = {
      ...request,
      ...{ settings: values, dates: this.recorded.dates, modules },
      peers: [...request.peers, ...this.#addedPeers.all],
      ...(this.info.hasMetadata ? { priorities } : { metadataWait }),
    };
    const info = await engine.call("add-torrent", added, callLimits);
    if ("refused" in info) throw this.#checks.fail(refusalError(info));
    this.#id = info.torrent;
    this.traces.endAll();
    this.settings.sendChangesSince({ values, modules });
    this.listeners.engineHas(metadataWait);
    const later = prioritiesSince(priorities, this.figures.priorities);
    if (later.length > 0) engine.cast("set-priorities", { torrent: this.#id, priorities: later });
    this.deadlines.sendAgain();
    this.info = { ...this.info, peerId: info.peerId };
    this.#isQuarantined = false;
    this.figures.beginAgain(!this.isStarted);
    this.#checks.engineRestarted();
    if (this.permit.engineRestarted()) return;
    // The new engine has not run the torrent.
    if (this.state !== "stopped" && !this.permit.waitsForDisk)
      this.receive({ event: "state", state: "stopped" });
    this.#checks.stateChanged("stopped");
  }

  receive(sent: TorrentEvent): void {
    this.changes?.add(this);
    if (sent.event === "metadata") {
      receiveMetadata(this, sent, (event) => this.#emit(event)).then(
        () => this.deadlines.sendAgain(),
        (error: unknown) => this.#stopFor(error),
      );
      return;
    }
    if (sent.event === "sources-taken") return void this.settings.takeOver({ ...sent, chosen: [] });
    if (sent.event === "torrent-saved") return this.services.torrentSaved();
    if (sent.event === "reader-ready") return this.readers.wake(sent.reader);
    if (sent.event === "wire-traced") return this.traces.receive(sent);
    if (sent.event === "pieces-had") return receiveHad(this, sent);
    const before = this.state;
    const event = this.#take(sent);
    if (isTwinFault(event)) this.#leaveToTwin();
    renewInDoubt(this.services.lock, before, event)?.catch((error) => this.#stopFor(error));
    if (isForFigures(event)) return;
    if (event.event === "hash-verdicts") {
      // After a cancelled check as well: the engine has acted on the verdicts.
      this.#checks.verdicts(event);
      for (const [place, verdict] of event.verdicts.entries())
        this.receive({ event: "piece", index: event.first + place, verified: verdict === 1 });
      return;
    }
    // The engine has stopped the torrent; the wish and the lock follow. A listener may start the torrent again.
    if (event.event === "goal-reached") actAtGoal(this, event.action);
    // The last figures of a complete torrent change nothing for its user.
    if (event.event === "progress" && this.state === "stopping" && this.figures.isComplete) return;
    this.#emit(event);
    if (event.event !== "state") return;
    this.#checks.stateChanged(event.state);
    this.readers.wakeAll();
    if (event.state === "stopped") this.#emit({ event: "stopped" });
  }

  /**
   * Ends the torrent.
   *
   * @param isFree Releases the lock: no thread of this process writes to the files any more.
   */
  async end(isFree = true): Promise<void> {
    const error = new TroupeError("torrent-stopped", `torrent ${this.info.name} was stopped`);
    this.permit.end();
    this.promises.end(error);
    this.readers.wakeAll();
    this.traces.endAll();
    this.#checks.end(error);
    // While it moves its user has not heard of its stop.
    if (this.state !== "stopped" || this.arrival.isMoving) {
      this.#shown = { event: "state", ...this.#shown, state: "stopped" };
      this.#emit({ event: "stopped" });
    }
    if (isFree) await this.services.lock.release();
  }

  /** A start that came meanwhile wins, unless a move is under way. */
  async stopInEngine(): Promise<void> {
    await this.services.untilAnswered(async () => {
      if (this.promises.areOver || (this.permit.isSought && !this.moves.areUnderWay)) return;
      if (this.#isQuarantined) return this.receive({ event: "state", state: "stopped" });
      await this.services.engine.call("stop-torrent", { torrent: this.#id }, callLimits);
    });
  }

  startInEngine(): void {
    const { engine, lock } = this.services;
    if (this.#isQuarantined) return this.services.leaveQuarantine((error) => this.#fail(error));
    engine.cast("start-torrent", { torrent: this.#id, ...lock.seen });
    if (this.permit.wish.paused) engine.cast("pause-torrent", { torrent: this.#id });
  }

  saveWish(): void {
    if (!this.promises.areOver) this.services.saveWish();
  }

  report(error: unknown): void {
    const fault = asFault(error);
    this.receive({ event: "state", state: "error", fault });
    this.receive({ event: "error", ...fault });
  }

  async resumeAfterMove(): Promise<void> {
    if (!this.permit.isSought) return await this.services.lock.release();
    if (this.promises.renew()) this.permit.resume();
  }

  async #stopFor(error: unknown): Promise<void> {
    this.permit.end();
    await this.stopInEngine().catch(() => undefined);
    this.#fail(error);
  }

  /** The torrent that has the same hashes takes the lock, and a restore brings back that torrent alone. */
  #leaveToTwin(): void {
    this.permit.end();
    void this.services.lock.release();
    // Where the state folder refuses, the restored torrent ends in the same way.
    this.services.forgetSaved().catch(() => undefined);
  }

  #fail(error: unknown): void {
    this.permit.end();
    this.report(error);
  }

  #emit(event: TorrentUserEvent): void {
    this.changes?.add(this);
    if (this.arrival.take(event)) this.events.emit(event.event, event);
  }

  /** Mirrors an event. @returns The event for the user. */
  #take(event: MirroredEvent): MirroredEvent {
    this.promises.onEvent(event);
    if (event.event === "state") this.#shown = event;
    if (event.event === "hash-checked") this.#checks.ended(event);
    return mirrorFigures(this, event);
  }
}

/** The metadata has shown that another torrent of this coordinator has the same hash. */
function isTwinFault(event: MirroredEvent): boolean {
  return event.event === "state" && event.fault?.code === "torrent-exists";
}
