// The coordinator that users see.

import type { ActorStatus, InterfaceHold } from "@troupe/actor-runtime";
import { abortable, type IpFilterStatus, type WaitOptions } from "@troupe/api-base";
import { checkSettings, engineSettings, replaceFolder, settingsIn } from "@troupe/control";
import type { DhtPorts, Metric, RateHistory } from "@troupe/messages";
import type { Ban, Bans } from "./bans/bans.ts";
import type { TrackerListStatus } from "./tracker-list/tracker-list-setting.ts";
import type { CoordinatorTotals } from "./figures/engine-figures.ts";
import type { CoordinatorEvents } from "./events/coordinator-events.ts";
import { setSessionOf } from "./session-of.ts";
import { adoptJob } from "./job/adopt-job.ts";
import { adoptedJobs, allJobs, servedJobs } from "./job/job-choice.ts";
import type { UnrestoredJob } from "./job/restored-jobs.ts";
import { settingsOf } from "./options/add-options.ts";
import type {
  CoordinatorOptions,
  EngineChanges,
  EngineLimitOptions,
  GroupOptions,
  QueueLimitOptions,
} from "./options/generated/engine-options.ts";
import type { AddOptions } from "./options/generated/torrent-options.ts";
import { EngineSession } from "./engine-session.ts";
import { torrentOf, type Torrent } from "./torrent.ts";

const { maxActiveDownloads, maxActiveSeeds } = engineSettings;
const queueRows = { maxActiveDownloads, maxActiveSeeds };
const noQueueLimits: EngineChanges = { maxActiveDownloads: null, maxActiveSeeds: null };

/** The result of `Coordinator.restore` and `Coordinator.adopt`. */
export interface RestoredJobs {
  readonly torrents: readonly Torrent[];
  readonly failed: readonly UnrestoredJob[];
}

/** The options of `Coordinator.restore`. */
export interface RestoreOptions extends WaitOptions {
  /** Brings back only the torrents that a service has added or adopted. Default false: all. */
  readonly served?: boolean;
}

/** A BitTorrent engine and its torrents. Coordinators of a process share nothing. */
export class Coordinator implements AsyncDisposable {
  readonly #session: EngineSession;

  private constructor(session: EngineSession) {
    this.#session = session;
    setSessionOf(this, session);
  }

  /**
   * Starts the engine and listens for peers.
   * @throws TroupeError `option-unknown`, `option-out-of-range`, `port-in-use`, `port-not-allowed`,
   *   `address-not-available`, `listen-failed`, `worker-file-not-found`, or the codes of `setIpFilter`.
   */
  static async start(options: CoordinatorOptions = {}): Promise<Coordinator> {
    return new Coordinator(await EngineSession.start(options));
  }

  /** The TCP port that the engine listens on. */
  get port(): number {
    return this.#session.ports.listening;
  }

  /** The TCP port that peers on the internet connect to: of the gateway that maps `port`, else `port` itself. */
  get publicPort(): number {
    return this.#session.ports.public;
  }

  /** The hold of sockets on the interface of the settings; undefined without one. */
  get bound(): InterfaceHold | undefined {
    return this.#session.ports.bound;
  }

  /** The UDP ports of the DHT node, by address family; empty without a node. */
  get dhtPorts(): DhtPorts {
    return this.#session.ports.dht;
  }

  get torrents(): readonly Torrent[] {
    return this.#session.torrents.all.map(torrentOf);
  }

  /**
   * Changes settings, all of them or none: they hold at once. A setting of `null` gets its default.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  set(changes: EngineChanges): void {
    this.#session.settings.set(changes);
  }

  /** The rate limits of all torrents together. */
  get limits(): EngineLimitOptions {
    return settingsIn(this.#session.settings.values, "limits");
  }

  /**
   * Replaces the rate limits of all torrents together, in bytes per second, and their schedule; `{}` removes them.
   * Limits hold for payload. Protocol messages count, are never delayed, and take at most half of a limit.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  setLimits(limits: EngineLimitOptions): void {
    this.set(replaceFolder(engineSettings, "limits", limits));
  }

  /** The settings of the groups by their names. `set({ groups })` replaces all of them. */
  get groups(): Readonly<Record<string, GroupOptions>> {
    return structuredClone(this.#session.settings.values.groups ?? {});
  }

  /** The present limits of the queue. */
  get queueLimits(): QueueLimitOptions {
    const { maxActiveDownloads, maxActiveSeeds } = this.#session.settings.values;
    return {
      ...(maxActiveDownloads !== undefined && { maxActiveDownloads }),
      ...(maxActiveSeeds !== undefined && { maxActiveSeeds }),
    };
  }

  /**
   * Replaces the limits of the queue; `{}` removes them. Torrents are queued or admitted within a second.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  setQueueLimits(limits: QueueLimitOptions): void {
    this.set({ ...noQueueLimits, ...checkSettings(queueRows, limits) });
  }

  /** Undefined without an IP filter. */
  get ipFilter(): IpFilterStatus | undefined {
    return this.#session.settings.ipFilter.status;
  }

  /**
   * Reads an IP filter, and replaces the present one by it: its addresses are not dialled, their connections are
   * refused, and connected peers that it names are closed. Trackers and web seeds are not filtered. The replacement is
   * whole: no address of both lists gets through in between, and a list that cannot be used changes nothing.
   *
   * @param source A path or an address, as the option `ipFilter`; undefined: no filter.
   * @throws TroupeError `ip-filter-unreadable`, `ip-filter-too-large`, `ip-filter-malformed`, `coordinator-closed`.
   */
  async setIpFilter(source: string | undefined, { signal }: WaitOptions = {}): Promise<void> {
    await this.#session.settings.ipFilter.replace(source, signal);
  }

  /**
   * Reads the list of the IP filter again, and replaces the present one by it; nothing without an IP filter.
   *
   * @throws TroupeError as `setIpFilter`: the present list stays.
   */
  async updateIpFilter({ signal }: WaitOptions = {}): Promise<void> {
    await this.#session.settings.ipFilter.update(signal);
  }

  /** Undefined without a list of trackers. */
  get trackerList(): TrackerListStatus | undefined {
    return this.#session.settings.trackerList.status;
  }

  /**
   * Reads a list of trackers for every public torrent, and replaces the present one by it, as the option `trackerList`.
   *
   * @param source A path, or an `http:` or `https:` address; undefined: no list.
   * @throws TroupeError `tracker-list-unreadable`: the present list stays. `coordinator-closed`.
   */
  async setTrackerList(source: string | undefined, { signal }: WaitOptions = {}): Promise<void> {
    await this.#session.settings.trackerList.replace(source, signal);
  }

  /**
   * Bans addresses and prefixes such as `192.0.2.0/24`, for all torrents and all sources of addresses: they are not dialled, their
   * connections are refused, and connected peers are closed. Bans are kept in the state folder; the other programs on it
   * take them over within 5 s. Trackers and web seeds are not banned.
   *
   * @returns All bans, the oldest first.
   * @throws TroupeError `option-out-of-range`; `too-many-bans` beyond 10,000; the refusal of a state folder, when the bans
   *   hold until the end of this program.
   */
  async ban(addresses: readonly string[], { signal }: WaitOptions = {}): Promise<readonly Ban[]> {
    return await this.#changeBans({ ban: addresses }, signal);
  }

  /** Lifts bans; each is named as it is listed. @returns The bans that are left. */
  async liftBan(
    addresses: readonly string[],
    { signal }: WaitOptions = {},
  ): Promise<readonly Ban[]> {
    return await this.#changeBans({ lift: addresses }, signal);
  }

  /** The bans of this state folder, the oldest first. */
  async bans({ signal }: WaitOptions = {}): Promise<readonly Ban[]> {
    return await this.#changeBans({}, signal);
  }

  async #changeBans(
    changes: Parameters<Bans["change"]>[0],
    signal: AbortSignal | undefined,
  ): Promise<readonly Ban[]> {
    return await abortable(signal, () => this.#session.settings.bans.change(changes, Date.now()));
  }

  /** @throws TroupeError `event-unknown` */
  on<Name extends keyof CoordinatorEvents>(
    name: Name,
    listener: (event: CoordinatorEvents[Name]) => void,
  ): this {
    this.#session.events.on(name, listener);
    return this;
  }

  off<Name extends keyof CoordinatorEvents>(
    name: Name,
    listener: (event: CoordinatorEvents[Name]) => void,
  ): this {
    this.#session.events.off(name, listener);
    return this;
  }

  /**
   * Adds a torrent and starts it.
   * @param source A path, an http(s) address, a magnet link, an info-hash, or the bytes of a .torrent file. A magnet is
   *   added at once; `torrent.metadata` resolves when its files are known.
   * @throws TroupeError `torrent-not-found`, `already-running`, `coordinator-closed` …, and every code of a refused
   *   .torrent; `torrent-exists`, with `details.took: {trackers, webSeeds, peers, metadata}`. What the source has and the
   *   torrent lacks is taken over, where both are public; a magnet gets the metadata of its .torrent.
   */
  async add(source: string | URL | Uint8Array, options: AddOptions = {}): Promise<Torrent> {
    settingsOf(options);
    return torrentOf(await this.#session.add(source, options));
  }

  /**
   * Brings back the torrents of the state folder, and starts those that ran in a later turn than the answer: listeners
   * added at once hear every event. A torrent whose disk does not answer gets the error `disk-not-answering`, and
   * starts when the disk answers.
   */
  async restore({ served = false, signal }: RestoreOptions = {}): Promise<RestoredJobs> {
    const choice = served ? servedJobs : allJobs;
    return shown(await abortable(signal, () => this.#session.restore(choice)));
  }

  /**
   * Takes jobs of the state folder over for a service: brings them back, stopped, with the mark of `add`'s option `served`. The
   * mark is durable when this resolves. A job that another program runs fails with `already-running`.
   *
   * @param infoHashes By default those of all jobs without a mark.
   * @throws TroupeError `no-torrent` for an info-hash that no job of the state folder has: nothing is taken over.
   */
  async adopt(infoHashes?: readonly string[], { signal }: WaitOptions = {}): Promise<RestoredJobs> {
    const choice = adoptedJobs(infoHashes);
    return shown(await abortable(signal, () => this.#session.restore(choice, adoptJob)));
  }

  /** Starts all torrents, or these; paused ones resume. @throws TroupeError `coordinator-closed` */
  startAll(torrents: Iterable<Torrent> = this.torrents): void {
    for (const torrent of torrents) torrent.start();
  }

  /** Pauses all torrents, or these: they keep their connections, without payload. */
  pauseAll(torrents: Iterable<Torrent> = this.torrents): void {
    for (const torrent of torrents) torrent.pause();
  }

  /**
   * Stops all torrents, or these, side by side.
   *
   * @throws the first error of a torrent, when all have been stopped that can be.
   */
  async stopAll(
    torrents: Iterable<Torrent> = this.torrents,
    options: WaitOptions = {},
  ): Promise<void> {
    const stopped = [...torrents].map(async (torrent) => await torrent.stop(options));
    for (const result of await Promise.allSettled(stopped))
      if (result.status === "rejected") throw result.reason;
  }

  /**
   * The supervision tree: state, restarts, mailbox depth and event-loop delay of every actor, threads of the pools, and
   * threads that did not end. Settles within 2 s. While the engine restarts, its workers are a line of state `unknown`.
   */
  async actors({ signal }: WaitOptions = {}): Promise<ActorStatus> {
    return await abortable(signal, () => this.#session.actors.tree());
  }

  /**
   * What the torrents of this coordinator have moved, and those of all programs that have run on its state folder. Programs
   * save what they have moved within 5 s, and at their end.
   *
   * @throws TroupeError The refusal of the state folder; `coordinator-closed`.
   */
  async totals({ signal }: WaitOptions = {}): Promise<CoordinatorTotals> {
    return await abortable(signal, () => this.#session.figures.totals());
  }

  /**
   * Counters, gauges and histograms of the engine, in the terms of Prometheus. Their names and labels stay the same, and
   * labels name neither torrents nor addresses. Counters begin anew with each engine.
   *
   * @throws TroupeError `coordinator-closed`
   */
  async metrics({ signal }: WaitOptions = {}): Promise<readonly Metric[]> {
    return await abortable(signal, () => this.#session.figures.metrics());
  }

  /**
   * The rates of each of the last ten minutes' seconds, over all torrents. They begin anew with each engine.
   *
   * @throws TroupeError `coordinator-closed`
   */
  async rateHistory({ signal }: WaitOptions = {}): Promise<RateHistory> {
    return await abortable(signal, () => this.#session.figures.rateHistory());
  }

  /**
   * Stops everything in order: announces, closes files, ends threads. Settles within 5 s.
   *
   * @param options.signal Aborted: unsaved state is given up after 0.3 s, and the close settles within 0.5 s. A later
   *   call may pass the signal.
   * @throws TroupeError `disk-not-answering`, with `details: {folder, threads}`. These threads are left behind, and
   *   `process.exit` waits for them: only `process.kill(process.pid, "SIGKILL")` ends the process before the disk
   *   answers.
   */
  close(options: WaitOptions = {}): Promise<void> {
    return this.#session.close(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function shown({ torrents, failed }: Awaited<ReturnType<EngineSession["restore"]>>): RestoredJobs {
  return { torrents: torrents.map(torrentOf), failed };
}
