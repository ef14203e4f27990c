// The engine of a coordinator, over its crashes. The engine needs nothing from this thread: the caller may block it.

import {
  type ChildSpec,
  inlineHost,
  messageOf,
  nodePorts,
  openRoot,
  PatientRef,
  type Ports,
  type Supervisor,
  threadHost,
} from "@troupe/actor-runtime";
import {
  abortable,
  callSafely,
  isGone,
  throwStartError,
  UserEvents,
  type WaitOptions,
  workerUrls,
} from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import { listedJob, type AddTorrent, type ApiProtocol, type EngineOptions } from "@troupe/messages";
import { engineEntry } from "../engine/engine-entry.ts";
import { rootTree } from "../supervision/supervision-tree.ts";
import type { WorkerEvent } from "./actor-tree.ts";
import { callLimits } from "./call-limits.ts";
import { closedError, refuseClosed } from "./closed-error.ts";
import { coordinatorEventNames } from "./events/event-names.ts";
import { folderRequest } from "./job/folder-request.ts";
import type { JobFolder } from "./job/job-folder.ts";
import { placedRequest } from "./job/placed-request.ts";
import { restoreJob, type JobAdding } from "./job/adopt-job.ts";
import { allJobs, type JobChoice } from "./job/job-choice.ts";
import { withProvenLayers } from "./job/proven-layers.ts";
import { restoreState, type RestoredEngine } from "./job/restore-state.ts";
import { isMovable, warnOfSettings, type HeldOptions } from "./job/restored-jobs.ts";
import type { LoadedSource } from "./job/load-metainfo.ts";
import { SessionState } from "./job/session-state.ts";
import type { StrangerBounds } from "./job/stranger-request.ts";
import { beginTorrent } from "./life/begin-torrent.ts";
import { closeEngine } from "./life/coordinator-close.ts";
import { addError } from "./existing-torrent.ts";
import { EngineActors } from "./engine-actors.ts";
import { engineNotices } from "./engine-notices.ts";
import { EngineFigures } from "./figures/engine-figures.ts";
import { EngineSettings } from "./engine-settings.ts";
import { EngineRevival } from "./life/engine-revival.ts";
import { EngineCrashes } from "./life/engine-crashes.ts";
import { EnginePorts } from "./life/engine-ports.ts";
import { LockKeepers } from "./lock/lock-keepers.ts";
import { makeServices, type ServiceParts } from "./make-services.ts";
import type { CoordinatorOptions } from "./options/generated/engine-options.ts";
import type { AddOptions } from "./options/generated/torrent-options.ts";
import { chaosPlan, startChaos } from "./options/chaos.ts";
import { addedChoice, setChosen } from "./options/priority-choice.ts";
import { networkRules } from "./options/network-options.ts";
import { engineOptions } from "./options/options.ts";
import { TorrentList } from "./torrent-list.ts";
import { TorrentProxy } from "./torrent-proxy.ts";

const deadline = { deadlineMs: 30_000 };

/** An engine over its restarts, and its torrents. */
export class EngineSession {
  readonly events = new UserEvents(coordinatorEventNames);
  readonly locks: LockKeepers;
  readonly settings: EngineSettings;
  readonly figures: EngineFigures;
  readonly ports = new EnginePorts((name, ports) => this.events.emit(name, ports));
  readonly options: EngineOptions;
  readonly #state: SessionState;
  readonly #root: Supervisor;
  readonly engine: PatientRef<ApiProtocol>;
  readonly actors: EngineActors;
  readonly #ports = nodePorts();
  readonly torrents = new TorrentList(this.#ports.timers);
  readonly #parts: ServiceParts;
  readonly #crashes = new EngineCrashes();
  #revivals = 0;
  readonly #revival = new EngineRevival();
  readonly #untilAnswered = this.#revival.untilAnswered.bind(this.#revival);
  #closed: Promise<void> | undefined;
  readonly #hurry = new AbortController();
  #stopChaos = (): void => {};

  private constructor(
    state: SessionState,
    options: EngineOptions,
    root: Supervisor,
    locks: LockKeepers,
    ports: Ports,
  ) {
    this.options = options;
    this.#state = state;
    this.#root = root;
    this.locks = locks;
    this.engine = new PatientRef(root.ref<ApiProtocol>("engine"), this.#ports);
    this.actors = new EngineActors(root, this.engine);
    this.figures = new EngineFigures(this.engine, this.#untilAnswered);
    this.ports.bound = ports.boundInterface?.hold;
    const warn = this.events.emit.bind(this.events, "warning");
    this.settings = new EngineSettings(this.engine, this.#untilAnswered, options, ports, warn);
    this.#parts = this.#makeParts();
  }

  static async start(options: CoordinatorOptions): Promise<EngineSession> {
    const settings = engineOptions(options);
    const { log, host = "threads", stateDirectory } = options;
    const chaos = chaosPlan(options.chaos, host);
    const urls = workerUrls(options.workerUrls);
    const locks = new LockKeepers(settings.descriptors.lockFiles, urls, settings.fileAccess);
    const network = networkRules(settings);
    const ports = nodePorts({ network });
    const realFolder = locks.realFolder.bind(locks);
    const state = new SessionState(stateDirectory, realFolder, network, settings.localHosts);
    options.signal?.throwIfAborted();
    // An engine without peers only checks, and takes no lock.
    if (settings.peerWorkers > 0) locks.prepare();
    let session: EngineSession | undefined;
    const root = await openRoot<{ engine: ApiProtocol }>({
      host: host === "inline" ? inlineHost(network) : threadHost(urls, network),
      spec: rootTree(engineEntry, () => session?.optionsNow() ?? settings),
      noticeHandlers: { engine: engineNotices(() => session) },
      events: {
        started: (child: ChildSpec, { epoch }) => {
          if (epoch > 1) void session?.restoreTorrents(child.name, epoch - 1);
        },
        crashed: (_, { epoch }, error, breadcrumb) => session?.crashed(epoch, error, breadcrumb),
      },
      ...(log !== undefined && { log: (entry) => callSafely(() => log(entry)) }),
      failed: (error) => session?.lost(error),
    }).catch(async (error: unknown) => {
      await locks.close();
      return throwStartError(error);
    });
    session = new EngineSession(state, settings, root, locks, ports);
    try {
      await session.settings.begin(options);
      await session.#listen();
      options.signal?.throwIfAborted();
      const { timers } = session.#ports;
      if (chaos !== undefined)
        session.#stopChaos = startChaos(chaos, timers, session.actors, settings.peerWorkers);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** @param stranger The bounds of a caller elsewhere. */
  async add(
    source: string | URL | Uint8Array,
    options: AddOptions,
    stranger?: StrangerBounds,
  ): Promise<TorrentProxy> {
    // The torrent gets its place before its source is loaded: torrents are queued in the order of the calls.
    const queueRank = this.torrents.newQueueRank();
    const loaded = await this.#state.load(source, options);
    const now = this.optionsNow();
    const places = { state: this.#state, locks: this.locks, stranger };
    return await abortable(options.signal, async () => {
      const request = await placedRequest(loaded, options, queueRank, now, places);
      return await this.#add(request, options, loaded, (torrent) =>
        this.#state.save(torrent, torrent.services.request),
      );
    });
  }

  /** Adds a job with a folder of its own. */
  async addFolder(folder: JobFolder, chosen: AddOptions): Promise<TorrentProxy> {
    const { source, record } = folder;
    const { added, options } = folderRequest(folder, chosen, this.optionsNow());
    const held = record === undefined ? options : { ...options, onRecord: listedJob(record) };
    const torrent = await this.#add(added, held, source);
    warnOfSettings(torrent, record ?? {});
    return torrent;
  }

  /** Brings jobs of the state folder back. @throws TroupeError as `choose` does. */
  async restore(
    choose: JobChoice = allJobs,
    adding: JobAdding = restoreJob,
  ): ReturnType<typeof restoreState> {
    const parts = { state: this.#state, locks: this.locks, timers: this.#ports.timers };
    const ask = (database: string): ReturnType<RestoredEngine["listJobs"]> =>
      this.engine.call("list-jobs", { database }, deadline);
    const engine: RestoredEngine = {
      ...parts,
      optionsNow: () => this.optionsNow(),
      listJobs: (database) => this.#revival.untilAnswered(() => ask(database)),
      add: (request, options, source) => this.#add(request, options, source),
    };
    // The time that a restore has for each lock is for the disk.
    await this.locks.started();
    return await restoreState(engine, choose, adding);
  }

  /** Whether an engine that crashed has no successor with all torrents yet. */
  get isReviving(): boolean {
    return this.#revival.isUnderWay;
  }

  close({ signal }: WaitOptions = {}): Promise<void> {
    if (signal?.aborted === true) this.#hurry.abort();
    else signal?.addEventListener("abort", () => this.#hurry.abort(), { once: true });
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#stopChaos();
    const closed = closedError();
    this.#state.giveUp(closed);
    this.settings.giveUp(closed);
    const services = { engine: this.engine, root: this.#root, time: this.#ports };
    const saved = { savedTorrents: this.#state, torrents: this.torrents, locks: this.locks };
    const ending = closeEngine({ ...services, ...saved, hurry: this.#hurry.signal });
    await ending.finally(() => this.#revival.end());
  }

  /**
   * @param beforeStart Settles before the torrent can be on record.
   */
  async #add(
    added: AddTorrent,
    options: AddOptions & HeldOptions,
    { link }: Pick<LoadedSource, "link">,
    beforeStart?: (torrent: TorrentProxy) => Promise<void>,
  ): Promise<TorrentProxy> {
    const { onRecord, signal, isHeld = false, mayBeMoving = isMovable(added) } = options;
    const { priorities, wait } = addedChoice(added, options, link, this.settings.values);
    const dates = added.dates ?? { addedAt: this.#ports.clock.epochMs() };
    const ticket = this.#crashes.nextTicket();
    const request = withProvenLayers({ ...added, ...wait, dates, ticket });
    const info = await this.#revival.untilAnswered(() => {
      signal?.throwIfAborted();
      this.#crashes.refuseQuarantined(ticket);
      return this.engine.call("add-torrent", request, callLimits);
    });
    if ("refused" in info) throw addError(info, this.torrents, options);
    const { key, infoHashes } = info;
    const names = { key, infoHashes };
    const served = { torrent: () => torrent, ...names, request, priorities, mayBeMoving };
    const torrent: TorrentProxy = new TorrentProxy(info, makeServices(this.#parts, served));
    torrent.recorded.take(onRecord);
    this.torrents.add(torrent);
    try {
      await beginTorrent(torrent, options, isHeld);
      // Awaited last: the caller hears warnings of later turns.
      await beforeStart?.(torrent);
      this.torrents.noteOnRecord(torrent);
      if (info.hasMetadata) setChosen(torrent, priorities);
      signal?.throwIfAborted();
      if (!isHeld) torrent.resume();
      // The caller may block its thread.
      this.engine.sendNow();
    } catch (error) {
      await torrent.remove().catch(() => undefined);
      throw error;
    }
    return torrent;
  }

  #makeParts(): ServiceParts {
    return {
      engine: this.engine,
      timers: this.#ports.timers,
      clock: this.#ports.clock,
      refuseClosed: () => refuseClosed(this.#closed !== undefined),
      state: this.#state,
      locks: this.locks,
      torrents: this.torrents,
      untilAnswered: this.#untilAnswered,
      leaveQuarantine: (quarantined) => this.#leaveQuarantine(quarantined),
    };
  }

  /** Adds a torrent that a new engine did not get. */
  async #leaveQuarantine(torrent: TorrentProxy): Promise<void> {
    await this.#revival.untilAnswered(async () => {
      if (!torrent.isQuarantined) return;
      await torrent.addToEngine();
      this.torrents.assignId(torrent);
    });
  }

  async #listen(): Promise<void> {
    await this.ports.listen(() => this.engine.call("listen", {}, deadline));
  }

  emitWorker(event: WorkerEvent): void {
    this.events.emit("worker", event);
  }

  private crashed(restarts: number, error: unknown, breadcrumb: Int32Array): void {
    // Ends the restore of the crashed engine's torrents, which may have no torrent to notice the crash by.
    this.#revivals++;
    this.#revival.begin();
    this.emitWorker({ name: "engine", state: "restarting", restarts, error: messageOf(error) });
    const crash = { error, breadcrumb, nowMs: this.#ports.clock.nowMs() };
    const ticket = this.#crashes.recordCrash(crash, (id) => this.torrents.get(id)?.ticket);
    if (ticket !== undefined) this.torrents.withTicket(ticket)?.quarantine();
  }

  /** The engine crashed more often than it may be restarted. */
  private lost(cause: unknown): void {
    const message = messageOf(cause);
    this.torrents.fail("engine-lost", message);
    void this.torrents.end(true);
    this.#revival.lose(new TroupeError("engine-lost", message, { cause }));
    this.emitWorker({ name: "engine", state: "stopped", restarts: 0, error: message });
  }

  /** The settings of this moment. The next engine has the same port, and other numbers for torrents. */
  private optionsNow(): EngineOptions {
    return {
      ...this.options,
      settings: this.settings.values,
      ports: this.ports.candidates(this.options.ports),
      firstTorrent: this.torrents.nextId,
    };
  }

  private async restoreTorrents(name: string, restarts: number): Promise<void> {
    const revival = ++this.#revivals;
    const isCurrent = (): boolean => revival === this.#revivals;
    try {
      await this.settings.restore();
      // Torrents run without a port as well: they dial.
      const unheard = await this.#listen().catch(messageOf);
      // False, or an error: this engine crashed too.
      if (!(await this.torrents.addToEngine(isCurrent))) return;
      this.#revival.end();
      const failed = unheard !== undefined && { error: unheard };
      this.emitWorker({ name, state: "running", restarts, ...failed });
    } catch (error) {
      if (!isCurrent() || isGone(error)) return;
      this.#revival.end();
      this.emitWorker({ name, state: "restarting", restarts, error: messageOf(error) });
    }
  }
}
