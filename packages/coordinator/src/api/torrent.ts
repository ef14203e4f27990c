// One torrent on the user's thread: a thin front. What it knows came in events; what it asks goes to the engine.

import { asFault } from "@troupe/actor-runtime";
import type {
  TorrentEvent,
  TorrentFault,
  TorrentId,
  TorrentInfo,
  TorrentState,
  TorrentStatus,
  Why,
} from "@troupe/messages";
import { known, refusalError, TroupeError } from "../troupe-error.ts";
import { forgetTorrent } from "./life/torrent-removal.ts";
import { HashChecks, piecesOf, type PieceChoice } from "./hash-checks.ts";
import type { JobOptions } from "./options/job-options.ts";
import { renewInDoubt } from "./lock/lock-renewal.ts";
import { Moves } from "./life/moves.ts";
import { dialable, folderOf, prioritiesWithin, within } from "./options/options.ts";
import { pieceCacheOf } from "./job/piece-cache.ts";
import { callAbout } from "./torrent-calls.ts";
import { RunWish } from "./life/run-wish.ts";
import { quarantinedError, quarantinedStatus } from "./life/quarantined-torrent.ts";
import { TorrentPromises } from "./torrent-promises.ts";
import type { CheckResult } from "./torrent-progress.ts";
import type { PieceCache, TorrentServices } from "./torrent-services.ts";
import { TorrentProperties } from "./torrent-info.ts";
import { abortable, type WaitOptions } from "./events/abortable.ts";

/** Stopping takes two seconds at most; the rest is for an engine that has much to do. */
const stopDeadline = { deadlineMs: 10_000 };
/** As many as a torrent has connections, by default. */
const addedPeersKept = 200;

/** A torrent of a {@link Coordinator}; made by `coordinator.add`. */
export class Torrent extends TorrentProperties {
  /** @internal For the coordinator only, which reads it: no engine knows it until it is started again. */
  isSetAside = false;
  /** @internal For `create` and `load` only: the engine that this torrent alone uses. */
  owner: { close(): Promise<void> } | undefined;
  #state: TorrentState = "stopped";
  #fault: TorrentFault | undefined;
  #id: TorrentId;
  #services: TorrentServices;
  readonly #promises = new TorrentPromises();
  readonly #checks: HashChecks;
  /** When it was set while it ran. */
  #maxPeers: number | undefined;
  readonly #moves: Moves;
  readonly #wish: RunWish;
  /** Peers that were added by hand, the newest; an engine that starts anew is told of them again. */
  #addedPeers: { readonly host: string; readonly port: number }[] = [];

  /** @internal For the coordinator only. */
  constructor(info: TorrentInfo, services: TorrentServices) {
    super(info, services.request);
    this.#id = info.torrent;
    this.#services = services;
    this.#moves = new Moves(services.mayBeMoving, {
      torrent: this,
      services: () => this.#services,
      stop: () => this.#askToStop(),
      setServices: (services) => void (this.#services = services),
    });
    this.#wish = new RunWish({
      services: () => this.#services,
      moves: this.#moves,
      fault: () => this.#fault,
      report: (error) => this.#report(error),
      start: () => this.#castStart(),
      // Of a torrent that has ended nothing is saved any more.
      saveWish: () => this.#promises.areOver || this.#services.saveWish(this),
    });
    this.#checks = new HashChecks(info.pieces, {
      begin: (check, ranges) =>
        this.#services.engine.cast("hash-check", { torrent: this.#id, check, ranges }),
      cancel: (check) =>
        this.#services.engine.cast("cancel-hash-check", { torrent: this.#id, check }),
    });
  }

  /**
   * A job in a folder of its own, state included: the folder can be moved while the job is closed.
   *
   * @param folder Must not exist; made whole or not at all.
   * @param source As for `coordinator.add`.
   * @throws TroupeError `job-exists`, `job-name-reserved`, and every code of a .torrent that is refused.
   */
  static async create(
    folder: string,
    source: string | URL | Uint8Array,
    options: JobOptions = {},
  ): Promise<Torrent> {
    return await (await import("./job/job-torrent.ts")).createTorrent(folder, source, options);
  }

  /**
   * A job that was created in this folder goes on where it was. What its record does not vouch for is hashed.
   *
   * @throws TroupeError `not-a-job`, `already-running`, and every code of a .torrent that is refused.
   */
  static async load(folder: string, options: JobOptions = {}): Promise<Torrent> {
    return await (await import("./job/job-torrent.ts")).loadTorrent(folder, options);
  }

  get state(): TorrentState {
    return this.#state;
  }

  /** Why the state is `error`. */
  get fault(): TorrentFault | undefined {
    return this.#fault;
  }

  /**
   * Resolves when all that is wanted is had. Rejects with the torrent's error, or `torrent-stopped` when it is removed.
   * To be read again after an error that the torrent has come back from, and when pieces were lost. When more is wanted
   * than was, the event `complete` tells its end.
   */
  get completed(): Promise<void> {
    return this.#promises.completed;
  }

  /** The result of the first hash check; resolves also when there was nothing to check. */
  get checked(): Promise<CheckResult> {
    return this.#promises.checked;
  }

  /**
   * Starts a stopped torrent, resumes a paused one, tries again after an error. Idempotent. When another process, or
   * another coordinator, runs it in the same folder it gets the error `already-running`. When the disk of the folder does
   * not answer it gets the error `disk-not-answering`, and starts by itself when the disk answers. One that was removed
   * stays so.
   */
  start(): void {
    if (this.#promises.renew()) this.#wish.start();
  }

  /** Announces `stopped`, closes connections and files. */
  async stop({ signal }: WaitOptions = {}): Promise<void> {
    await abortable(signal, () => this.#stop());
  }

  /** Keeps connections; nothing is requested or served until `start`. One that is being checked is paused after that. */
  pause(): void {
    this.#wish.pause();
    this.#services.engine.cast("pause-torrent", { torrent: this.#id });
  }

  /** Dials a peer: a numeric address, or a name that is looked up. @throws TroupeError `option-out-of-range` */
  addPeer(peer: { readonly host: string; readonly port: number }): void {
    const { host, port } = dialable(peer);
    this.#addedPeers = [...this.#addedPeers, { host, port }].slice(-addedPeersKept);
    this.#services.engine.cast("add-peer", { torrent: this.#id, host, port });
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
    const priorities = prioritiesWithin(pairs, this.figures.priorities.length);
    this.figures.setPriorities(priorities);
    this.#services.saveWish(this);
    this.#services.engine.cast("set-priorities", { torrent: this.#id, priorities });
  }

  /**
   * Bounds its connections from now on; the worst of those beyond the bound are closed.
   *
   * @param count 1 to 10,000. More than it was started with are had from its next start.
   * @throws TroupeError `option-out-of-range`
   */
  setMaxConnections(count: number): void {
    const maxPeers = within("maxConnections", count, 1, 10_000);
    this.#maxPeers = maxPeers;
    this.#services.engine.cast("set-max-peers", { torrent: this.#id, maxPeers });
  }

  /**
   * Moves its files to another folder: within a volume they get a new name, to another volume they are copied and
   * compared. All files move, or none. A torrent that runs is stopped for it and started again; its pieces stay believed.
   * A torrent that is started or stopped meanwhile is so afterwards. A move that is cut off, also by the end of the
   * program, is finished or undone by the next start in either folder, or by the same move.
   *
   * @throws TroupeError `file-exists` when a name is taken there, `file-changed` when a file keeps changing,
   *   `already-running`, `job-folder` for one that lives in a folder of its own, `disk-not-answering`, or what the disk
   *   refused; then everything is where it was, and goes on there.
   */
  async move(directory: string, { signal }: WaitOptions = {}): Promise<void> {
    const target = folderOf("directory", directory);
    await abortable(signal, () => this.#moves.move(target, () => this.#goOnAfterMove()));
  }

  /**
   * Hashes pieces again while everything goes on: each gives a `piece` event. One that fails is missing from then on and
   * is fetched again; one that was missing and is good is had. A new engine goes on where one that died was.
   *
   * @param pieces One piece, or a list of pieces and of first and last ones of ranges; all without it.
   * @throws TroupeError `not-running` for a torrent that does not run, whose start checks what is there;
   *   `hashcheck-cancelled` when `signal` aborts, with `details.remaining` to be given to another call.
   */
  async hashcheck(
    pieces?: number | readonly PieceChoice[],
    { signal }: WaitOptions = {},
  ): Promise<CheckResult> {
    if (this.isSetAside) throw quarantinedError(this.name);
    return await this.#checks.start(pieces, signal);
  }

  /**
   * What lies in the hidden part file: pieces that a wanted file shares with one that is not. It is found again by
   * itself when the torrent runs again in the same folder.
   *
   * @returns Undefined when there is none.
   * @throws TroupeError `not-running`, `no-torrent`
   */
  async pieceCache({ signal }: WaitOptions = {}): Promise<PieceCache | undefined> {
    return await pieceCacheOf(this.#services, () => this.#id, signal);
  }

  /** The whole picture now: peers, trackers, pieces. @throws TroupeError `no-torrent` after removal. */
  async status({ signal }: WaitOptions = {}): Promise<TorrentStatus> {
    if (this.isSetAside && this.#fault !== undefined) return quarantinedStatus(this, this.#fault);
    return known(this, await callAbout("torrent-status", this.#services, () => this.#id, signal));
  }

  /** Those that are connected now. @throws TroupeError `no-torrent` after removal. */
  async peers(options: WaitOptions = {}): Promise<TorrentStatus["peers"]> {
    return (await this.status(options)).peers;
  }

  /** Why it is not faster: one sentence, and a code that never changes. @throws TroupeError `no-torrent` after removal. */
  async why({ signal }: WaitOptions = {}): Promise<Why> {
    // One that another process runs is in error here, and stopped in the engine.
    if (this.#fault !== undefined) return { code: "failed", message: this.#fault.message };
    return known(this, await callAbout("torrent-why", this.#services, () => this.#id, signal));
  }

  /**
   * Stops it and forgets it.
   *
   * @param data True removes its files as well, never through a link, and the folders that are empty then. Default false.
   * @throws TroupeError the code of what could not be removed; it is forgotten all the same.
   */
  async remove({
    data = false,
    signal,
  }: WaitOptions & { readonly data?: boolean } = {}): Promise<void> {
    await abortable(signal, () => this.#remove(data));
  }

  /** Stops it; one that has an engine of its own ends that too, and is started again when it is next loaded. */
  async close(): Promise<void> {
    await (this.owner === undefined ? this.stop() : this.owner.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal For the coordinator only: its number with the front. */
  get ticket(): number | undefined {
    return this.#services.request.ticket;
  }

  /** @internal For the coordinator only: engines died at it. It gets the error `quarantined`. */
  setAside(): void {
    this.isSetAside = true;
    this.#fail(quarantinedError(this.name));
    this.#checks.fail(quarantinedError(this.name));
  }

  /** @internal For the coordinator only: its user wants it to run, now and whenever the program does. */
  get isStarted(): boolean {
    return this.#wish.wish.run;
  }

  /** @internal For the coordinator only: its number in the engine. */
  get id(): TorrentId {
    return this.#id;
  }

  /**
   * @internal For the coordinator only: keeps others from running it, and leaves the start to `goOn`.
   *
   * @param isRestored Its disk is waited for a second only, and need not answer: `goOn` takes the lock then.
   * @throws TroupeError `already-running`, `disk-not-answering`
   */
  async hold(isRestored = false): Promise<void> {
    await (isRestored ? this.#wish.holdSoon() : this.#wish.hold());
  }

  /** @internal For the coordinator only: starts it, unless it was stopped meanwhile. */
  goOn(): void {
    this.#wish.resume();
  }

  /** @internal For the coordinator only: tells a new engine of it; what is on disk is checked again there. */
  async addAgain(): Promise<void> {
    const { engine, request } = this.#services;
    const peers = [...request.peers, ...this.#addedPeers];
    const maxPeers = this.#maxPeers ?? request.maxPeers;
    const told = { ...request, peers, priorities: this.figures.priorities, maxPeers };
    const info = await engine.call("add-torrent", told);
    if ("refused" in info) throw this.#checks.fail(refusalError(info));
    this.#id = info.torrent;
    this.isSetAside = false;
    this.figures.beginAgain();
    this.#checks.engineRestarted();
    if (this.#wish.engineRestarted()) return;
    // In the new engine it has never run.
    if (this.#state !== "stopped" && !this.#wish.waitsForDisk)
      this.receive({ event: "state", state: "stopped" });
    this.#checks.stateChanged("stopped");
  }

  /** @internal For the coordinator only. */
  receive(said: TorrentEvent): void {
    const before = this.#state;
    const event = this.#take(said);
    renewInDoubt(this.#services.lock, before, event)?.catch((error) => this.#stopFor(error));
    if (event.event === "checked" || event.event === "hash-checked") return;
    if (event.event === "hash-verdicts") {
      // Also of a check that nobody waits for any more: the engine has acted on it.
      this.#checks.verdicts(event);
      return piecesOf(event).forEach((piece) => this.receive(piece));
    }
    // The last figures of a torrent that is whole change nothing that its user waits for.
    if (event.event === "progress" && this.#state === "stopping" && this.isComplete) return;
    this.emit(event);
    if (event.event === "state") this.#checks.stateChanged(event.state);
    if (event.event === "state" && event.state === "stopped") this.emit({ event: "stopped" });
  }

  /**
   * @internal For the coordinator only: nothing follows any more.
   *
   * @param isFree Nothing of this process writes to its files any more: others may run it when this resolves.
   */
  async ended(isFree = true): Promise<void> {
    const error = new TroupeError("torrent-stopped", `torrent ${this.name} was stopped`);
    this.#wish.end();
    this.#promises.end(error);
    this.#checks.end(error);
    if (this.#state !== "stopped") {
      this.#state = "stopped";
      this.emit({ event: "stopped" });
    }
    if (isFree) await this.#services.lock.release();
  }

  async #goOnAfterMove(): Promise<void> {
    if (!this.#wish.isClaimed) return await this.#services.lock.release();
    if (this.#promises.renew()) this.#wish.resume();
  }

  async #stop(): Promise<void> {
    const waitedForDisk = this.#wish.waitsForDisk;
    this.#wish.stop();
    try {
      await this.#askToStop();
      // The engine has not run it and tells nothing.
      if (waitedForDisk && this.#state === "error" && !this.#wish.isClaimed)
        this.receive({ event: "state", state: "stopped" });
    } finally {
      if (!this.#wish.isClaimed && !this.#moves.areUnderWay) await this.#services.lock.release();
    }
  }

  async #remove(isDataRemoved: boolean): Promise<void> {
    this.#wish.end();
    if (this.#moves.areUnderWay) await this.#moves.over();
    this.#services.forget(this);
    try {
      await forgetTorrent(this.#services, this, isDataRemoved);
    } finally {
      await this.ended();
    }
  }

  /** A start that came while an engine was waited for is newer, and wins; over a move it waits. */
  async #askToStop(): Promise<void> {
    await this.#services.untilAnswered(async () => {
      if (this.#promises.areOver || (this.#wish.isClaimed && !this.#moves.areUnderWay)) return;
      if (this.isSetAside) return this.receive({ event: "state", state: "stopped" });
      await this.#services.engine.call("stop-torrent", { torrent: this.#id }, stopDeadline);
    });
  }

  #castStart(): void {
    const { engine, addToEngine, lock } = this.#services;
    if (this.isSetAside) return addToEngine(this, (error) => this.#fail(error));
    engine.cast("start-torrent", { torrent: this.#id, ...lock.seen });
    if (this.#wish.wish.paused) engine.cast("pause-torrent", { torrent: this.#id });
  }

  async #stopFor(error: unknown): Promise<void> {
    this.#wish.end();
    await this.#askToStop().catch(() => undefined);
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.#wish.end();
    this.#report(error);
  }

  #report(error: unknown): void {
    const fault = asFault(error);
    this.receive({ event: "state", state: "error", fault });
    this.receive({ event: "error", ...fault });
  }

  /** @returns The event as the user sees it. */
  #take(event: TorrentEvent): TorrentEvent {
    this.#promises.onEvent(event);
    switch (event.event) {
      case "state":
        this.#state = event.state;
        this.#fault = event.fault;
        return event;
      case "progress": {
        const { event: name, ...progress } = event;
        return { event: name, ...this.figures.update(progress) };
      }
      case "piece":
        if (event.verified) this.figures.addPiece(event.index);
        else {
          this.figures.dropPiece(event.index);
          if (this.left > 0) this.#promises.reopen();
        }
        return event;
      case "hash-checked":
        this.#checks.ended(event);
        return event;
      case "checked":
        this.#promises.check(this.figures.check(event.bitfield), event.isGoingOn);
        if (this.left > 0) this.#promises.reopen();
        return event;
      default:
        return event;
    }
  }
}
