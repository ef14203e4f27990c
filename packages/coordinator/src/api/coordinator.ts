// The library's front: starts the engine on a thread of its own, keeps it alive, and hands out torrents.
// Nothing that the engine needs runs here: the caller's thread may block for seconds.

import {
  type ActorStatus,
  type ChildSpec,
  inlineHost,
  type MessageOf,
  messageOf,
  nodePorts,
  openRoot,
  PatientRef,
  type Supervisor,
  threadHost,
} from "@troupe/actor-runtime";
import type { AddTorrent, EngineOptions, EngineProtocol } from "@troupe/messages";
import { engineEntry, type EngineEntry } from "../engine/engine-entry.ts";
import { rootTree } from "../supervision-tree.ts";
import { isGone, refusalError, TroupeError } from "../troupe-error.ts";
import { actorTree } from "./actor-tree.ts";
import { addRequest, type AddOptions } from "./options/add-options.ts";
import { addOptionNames, refuseUnknownOptions } from "./options/known-names.ts";
import { closeEngine } from "./life/coordinator-close.ts";
import { CoordinatorEvents } from "./events/coordinator-events.ts";
import { lockFor } from "./lock/job-lock.ts";
import { LockKeepers } from "./lock/lock-keepers.ts";
import { chaosPlan, startChaos } from "./options/chaos.ts";
import { EngineCrashes } from "./life/engine-crashes.ts";
import { engineOptions, type CoordinatorOptions } from "./options/options.ts";
import type { JobFolder } from "./job/job-folder.ts";
import { isMovable, restoreJobs, type RestoredJobs } from "./job/restored-jobs.ts";
import { SessionState } from "./job/session-state.ts";
import { throwStartError } from "./life/start-error.ts";
import { Deferred } from "./events/deferred.ts";
import { Torrent } from "./torrent.ts";
import { TorrentList } from "./torrent-list.ts";
import type { TorrentServices } from "./torrent-services.ts";
import { callSafely } from "./events/user-listeners.ts";
import { abortable, type WaitOptions } from "./events/abortable.ts";
import { workerUrls } from "./options/worker-urls.ts";

const listenDeadlineMs = 30_000;
const addDeadlineMs = 30_000;

/** A BitTorrent engine and its torrents. Several in one process do not know of each other. */
export class Coordinator extends CoordinatorEvents implements AsyncDisposable {
  readonly #torrents = new TorrentList();
  readonly #options: EngineOptions;
  readonly #state: SessionState;
  readonly #root: Supervisor;
  readonly #engine: PatientRef<EngineProtocol>;
  readonly #ports = nodePorts();
  readonly #engineCrashes = new EngineCrashes();
  /** For `Torrent.create` only. */
  readonly locks: LockKeepers;
  #port = 0;
  /** Engines after the first that have been told everything, or are being told. */
  #revivals = 0;
  /** There while the engine is gone, or a new one is being told of the torrents. */
  #revived: Deferred<void> | undefined;
  #closed: Promise<void> | undefined;
  /** The caller of `close` does not want to wait. */
  readonly #hurry = new AbortController();
  #stopChaos = (): void => {};

  private constructor(
    state: SessionState,
    engine: EngineOptions,
    root: Supervisor,
    locks: LockKeepers,
  ) {
    super();
    this.#options = engine;
    this.#state = state;
    this.#root = root;
    this.locks = locks;
    this.#engine = new PatientRef(root.ref<EngineProtocol>("engine"), this.#ports);
  }

  /**
   * Starts the engine and listens for peers.
   * @throws TroupeError `option-unknown`, `option-out-of-range`, `port-in-use`, `worker-file-not-found`, or the system's code for an address of
   *   `bind` that cannot be used (`EADDRNOTAVAIL` …).
   */
  static start(options: CoordinatorOptions = {}): Promise<Coordinator> {
    return Coordinator.over(engineEntry, options);
  }

  /** @internal {@link Coordinator.start} over another engine than the production one: for tests of supervision. */
  static async over(entry: EngineEntry, options: CoordinatorOptions = {}): Promise<Coordinator> {
    const engine = engineOptions(options);
    const { log, host = "threads" } = options;
    const chaos = chaosPlan(options.chaos, host);
    const urls = workerUrls(options.workerUrls);
    const locks = new LockKeepers(engine.descriptors.lockFiles, urls);
    const state = new SessionState(options.stateDirectory, (job) => locks.realFolder(job));
    options.signal?.throwIfAborted();
    // An engine without peers only checks, and takes no lock.
    if (engine.peerWorkers > 0) locks.prepare();
    let coordinator: Coordinator | undefined;
    const root = await openRoot<{ engine: EngineProtocol }>({
      host: host === "inline" ? inlineHost() : threadHost(urls),
      spec: rootTree(entry, () => coordinator?.restartOptions() ?? engine),
      noticeHandlers: {
        engine: {
          "torrent-event": (message) => coordinator?.receive(message),
          "worker-event": (message) => coordinator?.emitWorker(message),
        },
      },
      events: {
        started: (child: ChildSpec, { epoch }) => {
          if (epoch > 1) coordinator?.engineRestarted(child.name, epoch - 1);
        },
        crashed: (_, { epoch }, error, breadcrumb) =>
          coordinator?.engineCrashed(epoch, error, breadcrumb),
      },
      ...(log !== undefined && { log: (entry) => callSafely(() => log(entry)) }),
      failed: (error) => coordinator?.engineLost(error),
    }).catch(async (error: unknown) => {
      await locks.close();
      return throwStartError(error);
    });
    coordinator = new Coordinator(state, engine, root, locks);
    try {
      await coordinator.listen();
      options.signal?.throwIfAborted();
      if (chaos !== undefined) {
        const { timers } = coordinator.#ports;
        coordinator.#stopChaos = startChaos(chaos, timers, coordinator, engine.peerWorkers);
      }
    } catch (error) {
      await coordinator.close();
      throw error;
    }
    return coordinator;
  }

  /** The TCP port that peers find us at. */
  get port(): number {
    return this.#port;
  }

  get torrents(): readonly Torrent[] {
    return this.#torrents.all;
  }

  /**
   * Adds a torrent and starts it.
   * @param source A path, an http(s) address, the info-hash of one that was added before (with a state folder), or the
   *   bytes of a .torrent file.
   * @throws TroupeError `torrent-not-found`, `torrent-exists`, `already-running`, `coordinator-closed` …, and every code
   *   of a .torrent that is refused.
   */
  async add(source: string | URL | Uint8Array, options: AddOptions = {}): Promise<Torrent> {
    refuseUnknownOptions(options, addOptionNames);
    const loaded = await this.#state.load(source, options.signal);
    const request = addRequest(loaded, options, this.#options, this.#state.home);
    return await abortable(options.signal, () =>
      this.#add(request, options, (torrent) => this.#state.saveAdded(torrent, request)),
    );
  }

  /**
   * Brings back the torrents of the state folder, each in its own folder; those that ran are started, in a later turn
   * than the answer: whoever listens to them then hears everything. Those of the list that cannot be brought back are
   * named in the answer. A torrent whose disk does not answer is brought back, gets the error `disk-not-answering`, and
   * starts when the disk answers.
   */
  async restore({ signal }: WaitOptions = {}): Promise<RestoredJobs> {
    return await abortable(signal, () => this.#restore());
  }

  async #restore(): Promise<RestoredJobs> {
    const { home } = this.#state;
    if (home === undefined) return { torrents: [], failed: [] };
    const list = await this.#untilAnswered(() =>
      this.#engine.call("list-jobs", { database: home.path }, { deadlineMs: addDeadlineMs }),
    );
    return await restoreJobs(this.#state, list, (metainfo, options, infoHash) => {
      const request = addRequest({ metainfo, source: "file" }, options, this.#options, home);
      return this.#add({ ...request, infoHash, hasRunBefore: true }, { ...options, isHeld: true });
    });
  }

  /** @internal For `Torrent.create` and `Torrent.load` only: adds the job of a folder, which keeps its own state. */
  async addFolder(folder: JobFolder, chosen: AddOptions): Promise<Torrent> {
    const { metainfo, home, isNew } = folder;
    const options = { ...folder.settings, ...chosen, directory: folder.directory };
    const request = addRequest({ metainfo, source: "file" }, options, this.#options, home);
    return await this.#add({ ...request, hasRunBefore: !isNew }, options);
  }

  /**
   * The supervision tree as it is now: state, restarts, mailbox depth and event-loop delay of every actor, threads of the
   * pools, and threads that would not end. Settles within two seconds, also while the engine is restarted: its workers
   * are one line of state `unknown` then.
   */
  async actors({ signal }: WaitOptions = {}): Promise<ActorStatus> {
    return await abortable(signal, () => actorTree(this.#root, this.#engine));
  }

  /**
   * Ends one thread as a crash would, to see that everything goes on: a name of `actors()` (`engine`, `file-0`, `hash`,
   * `peer-0` …), or `file` for all file-workers. For chaos tests.
   * @internal
   */
  endActor(name: string): void {
    if (name === "engine") this.#root.kill(name);
    else this.#engine.cast("end-actor", { name });
  }

  /** @internal Has one thread run an endless loop, to see that it is noticed: a name of `actors()`, but for `check`. */
  hangActor(name: string): void {
    if (name === "engine") this.#root.hang(name);
    else this.#engine.cast("hang-actor", { name });
  }

  /**
   * Stops everything in order: trackers told, files closed, threads ended. Settles within 5 s.
   *
   * @param options.signal Aborted: what is not saved 0.3 s later is given up, and the close settles within 0.5 s. A later
   *   call may bring it.
   * @throws TroupeError `disk-not-answering` when a disk call does not return, with `details: {folder, threads}`. These
   *   threads are left behind; `process.exit` waits for them, so that only
   *   `process.kill(process.pid, "SIGKILL")` ends the process before the disk answers.
   */
  close({ signal }: WaitOptions = {}): Promise<void> {
    if (signal?.aborted === true) this.#hurry.abort();
    else signal?.addEventListener("abort", () => this.#hurry.abort(), { once: true });
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#stopChaos();
    this.#state.giveUp(new TroupeError("coordinator-closed", "this coordinator was closed"));
    const services = { engine: this.#engine, root: this.#root, time: this.#ports };
    const saved = { savedTorrents: this.#state, torrents: this.#torrents, locks: this.locks };
    try {
      await closeEngine({ ...services, ...saved, hurry: this.#hurry.signal });
    } finally {
      this.#releaseWaiting();
    }
  }

  /** Asks the engine that is there or on its way; one that dies before it has answered is asked again in its successor. */
  async #untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    for (;;) {
      // At once while an engine is there: what the caller says next must not overtake it.
      if (this.#revived !== undefined) await this.#revived.promise;
      try {
        return await ask();
      } catch (error) {
        // Closed, or lost: none will come.
        if (!isGone(error) || this.#revived === undefined) throw error;
      }
    }
  }

  /**
   * @param options With `isHeld` it is not started before its `goOn`; without `mayBeMoving` no move of it was
   *   cut off.
   * @param beforeStart Done before it can be on record.
   */
  async #add(
    added: AddTorrent,
    options: AddOptions & { readonly isHeld?: boolean; readonly mayBeMoving?: boolean },
    beforeStart?: (torrent: Torrent) => Promise<void>,
  ): Promise<Torrent> {
    const { signal, priorities, start = true, isHeld = false } = options;
    const ticket = this.#engineCrashes.nextTicket();
    const request = { ...added, ticket };
    const info = await this.#untilAnswered(() => {
      signal?.throwIfAborted();
      this.#engineCrashes.refuseQuarantined(ticket);
      return this.#engine.call("add-torrent", request, { deadlineMs: addDeadlineMs });
    });
    if ("refused" in info) throw refusalError(info);
    const mayBeMoving = options.mayBeMoving ?? isMovable(request);
    const services = this.#servicesOf(info.infoHash, request);
    const torrent = this.#torrents.add(new Torrent(info, { ...services, mayBeMoving }));
    try {
      if (typeof priorities === "function") {
        torrent.setPriorities([...priorities(torrent.files).entries()]);
      }
      if (start) await torrent.hold(isHeld);
      // The last that is waited for: what it warns of in a later turn is heard by whoever added it.
      await beforeStart?.(torrent);
      signal?.throwIfAborted();
      if (!isHeld) torrent.goOn();
    } catch (error) {
      await torrent.remove().catch(() => undefined);
      throw error;
    }
    return torrent;
  }

  /** @param makesFolder Of a torrent that is moved there: the folder is made for its lock. */
  #servicesOf(infoHash: string, request: AddTorrent, makesFolder?: boolean): TorrentServices {
    return {
      request,
      mayBeMoving: false,
      engine: this.#engine,
      timers: this.#ports.timers,
      untilAnswered: (ask) => this.#untilAnswered(ask),
      lock: lockFor(infoHash, request, this.locks, makesFolder),
      forget: (gone) => this.#torrents.remove(gone),
      addToEngine: (quarantined, failed) => void this.#addToEngine(quarantined).catch(failed),
      ...this.#state.savedTorrentServices(infoHash, request),
      servicesAt: (directory, makesIt) =>
        this.#servicesOf(infoHash, { ...request, directory }, makesIt),
    };
  }

  /** An engine that is told of all torrents meanwhile leaves out what is quarantined: only this adds it. */
  async #addToEngine(torrent: Torrent): Promise<void> {
    await this.#untilAnswered(async () => {
      if (!torrent.isSetAside) return;
      await torrent.addAgain();
      this.#torrents.assignId(torrent);
    });
  }

  private async listen(): Promise<void> {
    const answer = await this.#engine.call("listen", {}, { deadlineMs: listenDeadlineMs });
    if ("refused" in answer) throw refusalError(answer);
    this.#port = answer.port;
  }

  private receive({ torrent, events }: MessageOf<EngineProtocol, "torrent-event">): void {
    const target = this.#torrents.get(torrent);
    for (const event of events) target?.receive(event);
  }

  private engineCrashed(restarts: number, error: unknown, breadcrumb: Int32Array): void {
    this.#revived ??= new Deferred();
    this.emitWorker({ name: "engine", state: "restarting", restarts, error: messageOf(error) });
    const crash = { error, breadcrumb, nowMs: this.#ports.clock.nowMs() };
    const ticket = this.#engineCrashes.recordCrash(crash, (id) => this.#torrents.get(id)?.ticket);
    if (ticket !== undefined) this.#torrents.withTicket(ticket)?.setAside();
  }

  /** The engine died more often than it may be restarted: every torrent ends with that error. */
  private engineLost(cause: unknown): void {
    const message = messageOf(cause);
    this.#torrents.fail("engine-lost", message);
    void this.#torrents.end(true);
    this.#releaseWaiting();
    this.emitWorker({ name: "engine", state: "stopped", restarts: 0, error: message });
  }

  /** A new engine listens where peers know us, and calls no torrent by a number that another one had. */
  private restartOptions(): EngineOptions {
    return {
      ...this.#options,
      ports: this.#port === 0 ? this.#options.ports : [this.#port, 0],
      firstTorrent: this.#torrents.nextId,
    };
  }

  /** The engine died and is back: it is told everything again and checks what is on disk. */
  private engineRestarted(name: string, restarts: number): void {
    this.#revivals++;
    void this.#restoreEngine(name, restarts, this.#revivals);
  }

  async #restoreEngine(name: string, restarts: number, revival: number): Promise<void> {
    const isCurrent = (): boolean => revival === this.#revivals;
    // Without a port to listen on torrents run all the same: they dial.
    const unheard = await this.listen().catch((error: unknown) => messageOf(error));
    try {
      // False, or an error: it died again meanwhile, and the next one is told everything anew.
      if (!(await this.#torrents.addToEngine(isCurrent))) return;
      this.#releaseWaiting();
      const error = unheard === undefined ? {} : { error: unheard };
      this.emitWorker({ name, state: "running", restarts, ...error });
    } catch (error) {
      if (!isCurrent() || isGone(error)) return;
      this.#releaseWaiting();
      this.emitWorker({ name, state: "restarting", restarts, error: messageOf(error) });
    }
  }

  /** Those who wait for an engine are let in. */
  #releaseWaiting(): void {
    this.#revived?.resolve();
    this.#revived = undefined;
  }
}
