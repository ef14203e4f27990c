// The torrent that users see.

import { Readable } from "node:stream";
import { abortable, dialable, folderOf, type WaitOptions } from "@troupe/api-base";
import { replaceFolder, settingsIn, torrentSettings } from "@troupe/control";
import {
  copyShared,
  limitsIn,
  type JobCounters,
  type PieceOrigin,
  type TorrentFault,
  type TorrentProgress,
  type TorrentState,
  type TorrentStatus,
  type TrackerScrape,
  type TrackerTier,
  type TrackerWait,
  type Why,
} from "@troupe/messages";
import { infoHashToBytes, type InfoHash } from "@troupe/protocol/units";
import type { PieceChoice } from "./hash-checks.ts";
import { readFileBytes, type FileReadStream, type ReadOptions } from "./reading/file-bytes.ts";
import { createJob, loadJob, type JobOptions } from "./job/job-torrent.ts";
import { positionOf } from "./queue/queue-position.ts";
import { quarantinedStatus } from "./life/quarantined-torrent.ts";
import { announcedOrThrow } from "./announces.ts";
import { askOfTorrent } from "./ask-of-torrent.ts";
import { magnetOf } from "./magnet-of.ts";
import { known, refusalError } from "./refusal-error.ts";
import type { ModuleOptions } from "./options/modules.ts";
import type {
  QueuePosition,
  RateLimitOptions,
  SeedGoalOptions,
  TorrentChanges,
} from "./options/generated/torrent-options.ts";
import type { CheckResult, PieceProgress, TorrentFile } from "./torrent-progress.ts";
import type { TorrentProxy } from "./torrent-proxy.ts";
import type { EventName, EventOf, PieceCache, TorrentUserEvent } from "./torrent-services.ts";

const torrents = new WeakMap<TorrentProxy, Torrent>();
let newTorrent: (proxy: TorrentProxy) => Torrent;

/** @internal The torrent that users see of a proxy: always the same object. */
export function torrentOf(proxy: TorrentProxy): Torrent {
  const torrent = torrents.get(proxy) ?? newTorrent(proxy);
  torrents.set(proxy, torrent);
  return torrent;
}

/** A torrent of a {@link Coordinator}; made by `coordinator.add`. */
export class Torrent {
  /**
   * The name of the torrent, which never changes: 40 hexadecimal digits. For a torrent of version 2 the beginning of its hash.
   */
  readonly infoHash: string;
  readonly #proxy: TorrentProxy;

  static {
    newTorrent = (proxy) => new Torrent(proxy);
  }

  private constructor(proxy: TorrentProxy) {
    this.#proxy = proxy;
    this.infoHash = proxy.info.infoHash;
  }

  /**
   * Creates a job in a folder of its own, which can be moved while the job is closed.
   *
   * @param folder Must not exist; made whole or not at all.
   * @param source Source in a form of `coordinator.add`.
   * @throws TroupeError `job-exists`, `job-name-reserved`, and every code of a refused .torrent.
   */
  static async create(
    folder: string,
    source: string | URL | Uint8Array,
    options: JobOptions = {},
  ): Promise<Torrent> {
    return torrentOf(await createJob(folder, source, options));
  }

  /**
   * Continues a job in its folder. Pieces that the record does not vouch for are hashed.
   *
   * @throws TroupeError `not-a-job`, `already-running`, and every code of a refused .torrent.
   */
  static async load(folder: string, options: JobOptions = {}): Promise<Torrent> {
    return torrentOf(await loadJob(folder, options));
  }

  /** The info-hash of version 1: 40 hexadecimal digits. Undefined for version 2, and while a magnet does not know it. */
  get infoHashV1(): string | undefined {
    return this.#proxy.info.infoHashes.v1;
  }

  /** The info-hash of version 2: 64 hexadecimal digits. Undefined for version 1, and while a magnet does not know it. */
  get infoHashV2(): string | undefined {
    return this.#proxy.info.infoHashes.v2;
  }

  /** The 20 bytes of `infoHash`; a copy. */
  get infoHashBytes(): Uint8Array {
    return infoHashToBytes(this.infoHash as InfoHash);
  }

  /**
   * The 20 bytes by which trackers and peers know us in this torrent (BEP 20): the prefix of the option `peerIdPrefix`, and
   * random characters. A copy; another after a crash of the engine.
   */
  get peerId(): Uint8Array {
    return new Uint8Array(this.#proxy.info.peerId);
  }

  /** The torrent's name; for a magnet without metadata, the name in the link, or the info-hash. */
  get name(): string {
    return this.#proxy.info.name;
  }

  /** Bytes of all files without padding; 0 until `hasMetadata`. */
  get size(): number {
    return this.#proxy.figures.sizeBytes;
  }

  /** Bytes of each piece but the last, which may be shorter; 0 until `hasMetadata`. */
  get pieceLength(): number {
    return this.#proxy.info.pieceLengthBytes;
  }

  /** Bytes of the last piece, 1 to `pieceLength`; 0 until `hasMetadata`. */
  get lastPieceLength(): number {
    return this.#proxy.figures.lastPieceLengthBytes;
  }

  /** 0 until `hasMetadata`. */
  get pieceCount(): number {
    return this.#proxy.info.pieces;
  }

  /** URLs by tier, in the order of the .torrent; each URL of a magnet link is a tier. */
  get trackers(): readonly (readonly string[])[] {
    return this.#proxy.info.trackers;
  }

  get isPrivate(): boolean {
    return this.#proxy.info.isPrivate;
  }

  /** Oddities of the .torrent or magnet link that were accepted, as sentences. */
  get warnings(): readonly string[] {
    return this.#proxy.info.warnings;
  }

  /** The files and pieces are known. */
  get hasMetadata(): boolean {
    return this.#proxy.info.hasMetadata;
  }

  /**
   * Resolves when the files are known: at once, or when the metadata of a magnet has come. A magnet requests its first
   * block when the code that awaits this, and the listeners of `metadata`, have run, or after 5 s. Rejects like
   * `completed`, and with `option-out-of-range` for priorities that do not fit the files.
   */
  get metadata(): Promise<void> {
    this.#proxy.listeners.promiseTaken();
    return this.#proxy.promises.metadata;
  }

  /** The .torrent, a copy; undefined until `hasMetadata`. */
  get metainfo(): Uint8Array | undefined {
    const { metainfo } = this.#proxy.services.request;
    return metainfo && copyShared(metainfo);
  }

  /** A magnet link of the torrent. */
  get magnet(): string {
    return magnetOf(this.#proxy.info);
  }

  get state(): TorrentState {
    return this.#proxy.state;
  }

  /** Why the state is `error`. */
  get fault(): TorrentFault | undefined {
    return this.#proxy.fault;
  }

  /**
   * Resolves when every wanted piece is had. Rejects with the torrent's error, or `torrent-stopped` after removal. Read it
   * again when the torrent runs again after an error, and when pieces were lost. After a change of priorities wait for the
   * event `complete`.
   */
  get completed(): Promise<void> {
    return this.#proxy.promises.completed;
  }

  /**
   * Resolves when the complete torrent is in its final folder (the setting `moveTo`), or could not be moved there (the
   * warning `move-failed`). Resolves with `completed` if there is no final folder, and rejects as `completed`.
   */
  get arrived(): Promise<void> {
    return this.#proxy.promises.arrived.promise;
  }

  /** The result of the first hash check, if only of no pieces. */
  get checked(): Promise<CheckResult> {
    return this.#proxy.promises.checked;
  }

  /** The folder that the files lie in, or below. */
  get directory(): string {
    return this.#proxy.services.request.directory;
  }

  /** The files as they are now, with padding files; a new list. */
  get files(): readonly TorrentFile[] {
    return this.#proxy.files;
  }

  /** At most a second old; `finished` and `unfinished` count pieces, `percentage` is 0 to 100. */
  get progress(): TorrentProgress & PieceProgress {
    return { ...this.#proxy.figures.progress, ...this.#proxy.figures.pieces };
  }

  /** Alias of `isComplete`. */
  get isFinished(): boolean {
    return this.isComplete;
  }

  /** Bytes and times over all runs on record; undefined before the first start of a new torrent. Its times are up to 70 s old. */
  get lifetime(): JobCounters | undefined {
    return this.#proxy.recorded.lifetime;
  }

  /** When the torrent was added for the first time, in milliseconds since 1970. Kept from run to run on a state folder. */
  get addedAt(): number {
    return this.#proxy.recorded.dates.addedAt;
  }

  /** When every wanted piece was had for the first time, in milliseconds since 1970. */
  get completedAt(): number | undefined {
    return this.#proxy.recorded.dates.completedAt;
  }

  /** When payload was last received or sent, in milliseconds since 1970; up to 10 s late. */
  get activeAt(): number | undefined {
    return this.#proxy.recorded.dates.activeAt;
  }

  /** Every wanted piece is had. False until `hasMetadata`. */
  get isComplete(): boolean {
    return this.#proxy.figures.isComplete;
  }

  /** Every piece is had. */
  get isSeed(): boolean {
    return this.#proxy.figures.isSeed;
  }

  /** Bytes of the wanted pieces that are not had, without padding; 0 until `hasMetadata`. */
  get left(): number {
    return this.#proxy.figures.leftBytes;
  }

  /** The wanted pieces that are not had, wire order; a copy. */
  get wanted(): Uint8Array {
    return this.#proxy.figures.wanted;
  }

  /** In the order of `files`. */
  get priorities(): readonly number[] {
    return this.#proxy.priorities;
  }

  get downloaded(): number {
    return this.progress.downloadedBytes;
  }

  get uploaded(): number {
    return this.progress.uploadedBytes;
  }

  /** The pieces had, wire order (most significant bit first); a copy. */
  get bitfield(): Uint8Array {
    return this.#proxy.figures.bitfield;
  }

  /** @throws TroupeError `event-unknown` */
  on<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#proxy.events.on(name, listener);
    this.#proxy.listeners.changed();
    return this;
  }

  off<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#proxy.events.off(name, listener);
    this.#proxy.listeners.changed();
    return this;
  }

  /** @throws TroupeError `event-unknown` */
  once<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#proxy.events.once(name, listener);
    this.#proxy.listeners.changed();
    return this;
  }

  /** Every event until the torrent is stopped or `signal` aborts. Bounded (docs/limits.md). */
  events({ signal }: WaitOptions = {}): AsyncIterableIterator<TorrentUserEvent> {
    const isLast = ({ event }: TorrentUserEvent): boolean => event === "stopped";
    const events = this.#proxy.events.all<TorrentUserEvent>(isLast, signal);
    this.#proxy.listeners.changed();
    return events;
  }

  /**
   * Starts a stopped torrent, resumes a paused torrent, tries again after an error; does nothing after `remove`.
   * Idempotent. The torrent gets the error `already-running` if another process or coordinator runs it in the same folder,
   * and `disk-not-answering` until the disk of the folder answers.
   *
   * @throws TroupeError `coordinator-closed`
   */
  start(): void {
    this.#proxy.start();
  }

  /** Announces `stopped`, closes connections and files. */
  async stop({ signal }: WaitOptions = {}): Promise<void> {
    await abortable(signal, () => this.#proxy.stop());
  }

  /** Keeps connections without requests or uploads until `start`. A hash check is finished first. */
  pause(): void {
    this.#proxy.pause();
  }

  /** Dials a peer: a numeric address, or a host name. @throws TroupeError `option-out-of-range` */
  addPeer(peer: { readonly host: string; readonly port: number }): void {
    this.#proxy.addPeer(dialable(peer));
  }

  /** Closes the connections to a peer, which may come back: `coordinator.ban` keeps an address away. */
  disconnect(peer: { readonly host: string; readonly port: number }): void {
    this.#proxy.disconnect(peer);
  }

  /**
   * Sets the priority of a file, from the next piece that is begun. Higher priorities come first. A file with
   * priority 0 gets only the pieces that overlap a wanted file.
   *
   * @param file Index in `files`.
   * @param priority 0 to 65,535.
   * @throws TroupeError `option-out-of-range`, `metadata-unknown`
   */
  setPriority(file: number, priority: number): void {
    this.setPriorities([[file, priority]]);
  }

  /** Sets the priorities of several files at once. */
  setPriorities(pairs: readonly (readonly [file: number, priority: number])[]): void {
    this.#proxy.setPriorities(pairs);
  }

  /**
   * Replaces the deadlines of all pieces. Pieces with a deadline are requested before all others, the earliest first,
   * from the peers that send them in time; a piece that was requested of a slow peer may be requested of a second peer.
   * A reader sets the deadlines of the pieces ahead of its place, again and again. A deadline does not make a piece
   * wanted. A restarted engine gets the deadlines again.
   *
   * @param deadlines `ms` milliseconds from now on, up to a day; 1,024 at most. The earlier of two deadlines
   *   for a piece counts.
   * @throws TroupeError `option-out-of-range`, `metadata-unknown`
   */
  setDeadlines(deadlines: readonly { readonly piece: number; readonly ms: number }[]): void {
    this.#proxy.deadlines.set(deadlines);
  }

  /**
   * Changes settings, all of them or none: they hold at once, and are kept over restarts. A setting of `null` is no longer
   * set: the coordinator decides, or the default.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  set(changes: TorrentChanges): void {
    this.#proxy.settings.set(changes);
    if ("moveTo" in changes) this.#proxy.arrival.folderSet();
  }

  /**
   * Reads a file in order, also while the torrent downloads: waits for the pieces that are missing, which are wanted
   * whatever the priority of the file, and requested before all others up to a window ahead (4 to 32 MiB by the pace of
   * the reading). A reading from the start of the file gets its last piece early. The bytes are those of verified pieces on
   * the disk.
   *
   * A reader waits while the torrent is paused, checked, queued or without peers; after 5 s comes the event `stall`. End
   * the loop, or abort `signal`, to end it: an open reader keeps its range wanted. 128 readers may be open.
   *
   * @param file Index in `files`.
   * @returns Values of 1 to 1,048,576 bytes, the caller's own.
   * @throws TroupeError `metadata-unknown`, `option-out-of-range`, `quarantined`; while it reads: `torrent-stopped` when the
   *   torrent is stopped or removed, `too-many-readers`, and the code of the torrent's error.
   */
  read(file: number, options: ReadOptions = {}): AsyncIterableIterator<Uint8Array<ArrayBuffer>> {
    return readFileBytes(this.#proxy, file, options);
  }

  /** Reads a file as {@link Torrent.read} does; `end` is excluded. @returns A `Readable` of Node. */
  createReadStream(file: number, options: ReadOptions = {}): FileReadStream {
    return Readable.from(this.read(file, options), { objectMode: false }) as FileReadStream;
  }

  /** Reads a file as {@link Torrent.read} does. @returns A web stream of `Uint8Array`s. */
  stream(file: number, options: ReadOptions = {}): ReadableStream<Uint8Array<ArrayBuffer>> {
    return ReadableStream.from(this.read(file, options));
  }

  /**
   * The messages of a connected peer from now on, as text: the time, `<` for received or `>` for sent, the name and the
   * fields. Ends with the connection, or after 64 MiB; leave the loop, or abort `signal`, to end it before. Without a trace
   * it costs nothing.
   *
   * @param peer Host and port, as `peers()` shows them.
   * @throws TroupeError `peer-not-connected`, `no-torrent`
   */
  async trace(
    peer: { readonly host: string; readonly port: number },
    { signal }: WaitOptions = {},
  ): Promise<AsyncIterableIterator<string, undefined>> {
    return await this.#proxy.traces.begin(this.#proxy, peer, signal);
  }

  /** Removes all deadlines. */
  clearDeadlines(): void {
    this.setDeadlines([]);
  }

  /**
   * Bounds the connections, at once: the worst peers beyond the bound are closed, or more peers are dialled and
   * accepted.
   *
   * @param count 1 to 10,000.
   * @throws TroupeError `option-out-of-range`
   */
  setMaxConnections(count: number): void {
    this.set({ maxPeers: count });
  }

  /** Texts by which people find the torrent. */
  get labels(): readonly string[] {
    return this.#proxy.settings.values.labels ?? [];
  }

  /** The name of the torrent's group; undefined: it is in none. */
  get group(): string | undefined {
    return this.#proxy.settings.values.group;
  }

  /** The rate limits of this torrent alone. */
  get limits(): RateLimitOptions {
    return limitsIn(settingsIn(this.#proxy.settings.values, "limits")) ?? {};
  }

  /**
   * Replaces the rate limits of this torrent, in bytes per second; `{}` removes them. The limits of
   * `coordinator.setLimits` hold too. Kept over restarts.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  setLimits(limits: RateLimitOptions): void {
    this.set(replaceFolder(torrentSettings, "limits", limits));
  }

  /** When the complete torrent stops by itself; without a goal it seeds until it is stopped. */
  get goals(): SeedGoalOptions {
    const goals: SeedGoalOptions = settingsIn(this.#proxy.settings.values, "goals");
    const { until, ...reached } = goals;
    return until === "all" ? goals : reached;
  }

  /**
   * Replaces the goals of seeding; `{}` removes them. A torrent that has reached its goals stops with the event
   * `goal-reached`, also after another start.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`
   */
  setGoals(goals: SeedGoalOptions): void {
    this.set(replaceFolder(torrentSettings, "goals", goals));
  }

  /** The position in the queue of the coordinator, from 0; -1 after `remove`. */
  get queuePosition(): number {
    return this.#proxy.services.queuePosition();
  }

  /**
   * Moves the torrent in the queue; others make room. Within a second the first torrents run, as many as
   * `maxActiveDownloads` and `maxActiveSeeds` allow; the others have the state `queued`.
   *
   * @param position From 0, or a direction. Beyond the end the torrent is the last.
   * @throws TroupeError `option-out-of-range`
   */
  setQueuePosition(position: QueuePosition): void {
    const { services } = this.#proxy;
    services.setQueuePosition(positionOf(position, services.queuePosition()));
  }

  /** Whether the torrent runs outside of the limits of the queue. */
  get isForced(): boolean {
    return this.#proxy.settings.values.forced === true;
  }

  /** Exempts the torrent from the limits of the queue, or ends the exemption. A stopped torrent stays stopped. */
  setForced(isForced: boolean): void {
    this.set({ forced: isForced });
  }

  /**
   * The last pieces that were downloaded, the oldest first: the peers that gave each, how long it took and when it was on
   * disk, or that its hash was wrong. 10,000 pieces of all torrents are remembered, until the engine ends.
   *
   * @throws TroupeError `no-torrent`, `quarantined`
   */
  async pieceOrigins({ signal }: WaitOptions = {}): Promise<readonly PieceOrigin[]> {
    return (await askOfTorrent(this.#proxy, "piece-origins", signal)).origins;
  }

  /**
   * Replaces parts of the torrent by modules, as the option `modules`. A part that is absent does not change;
   * `undefined` stands for the built-in part. While the torrent runs, the old part works until the module is loaded; a
   * module that fails gives the torrent the error `strategy-failed`. Not kept over a restart of the program.
   *
   * @throws TroupeError `option-out-of-range`, `option-unknown`, `module-not-found`
   */
  setModules(modules: ModuleOptions): void {
    this.#proxy.settings.setModules(modules);
  }

  /**
   * Begins or ends super-seeding (BEP 16), as the option `superSeed`. Peers that were connected before see all
   * pieces. `status().isSuperSeeding` tells whether super-seeding is under way.
   */
  setSuperSeeding(isOn: boolean): void {
    this.set({ superSeed: isOn });
  }

  /**
   * Moves the files to another folder: all or none, by renames within a volume, by compared copies to another volume. A
   * running torrent is stopped for the move and then started without a hash check; a start or stop meanwhile takes
   * effect after it. A move that is cut off is finished or undone by the next start in either folder, or by the same
   * move.
   *
   * @throws TroupeError `file-exists`, `file-changed` when a file keeps changing, `already-running`, `job-folder` for a
   *   job in a folder of its own, `metadata-unknown`, `disk-not-answering`, or the refusal of the disk; the torrent
   *   continues where it was.
   */
  async move(directory: string, { signal }: WaitOptions = {}): Promise<void> {
    const target = folderOf("directory", directory);
    await abortable(signal, () => this.#proxy.move(target));
  }

  /**
   * Renames a file, or a folder with all files in it, also while the torrent runs. The new paths are recorded first. A
   * torrent that does not run renames its files on the disk at its next start. The folders above the new path are made, and
   * those that become empty are removed. Renames are carried out one after the other, and after a move.
   *
   * @param from The index of a file, or the path of a file or a folder below the data folder, parts joined by `/`.
   * @param to The new path below the data folder.
   * @throws TroupeError `rename-unknown`, `rename-unsafe`, `rename-taken`, `rename-limit`, `job-name-reserved`,
   *   `metadata-unknown`, `torrent-busy` while the torrent starts, is checked or stops, or after a move that was cut off,
   *   `not-running` for a job in a folder of its own, or the system's code. Then every file has its old path. After
   *   `call-deadline` and `coordinator-closed` the next start gives the files their new paths.
   */
  async rename(from: number | string, to: string, { signal }: WaitOptions = {}): Promise<void> {
    await abortable(signal, () => this.#proxy.renames.rename(from, to));
  }

  /**
   * Hashes pieces again while the torrent runs; each gives a `piece` event. A piece that fails is downloaded again; a
   * missing piece that passes is had. The check outlives an engine crash.
   *
   * @param pieces A piece, or a list of pieces and of ranges by first and last piece. Default: all.
   * @throws TroupeError `not-running` for a torrent that does not run: its start checks the files;
   *   `hashcheck-cancelled` when `signal` aborts, with the pieces for another call in `details.remaining`.
   */
  async hashcheck(
    pieces?: number | readonly PieceChoice[],
    { signal }: WaitOptions = {},
  ): Promise<CheckResult> {
    return await this.#proxy.hashcheck(pieces, signal);
  }

  /**
   * The contents of the hidden part file: pieces that overlap a wanted and an unwanted file.
   *
   * @returns Undefined if there is no part file.
   * @throws TroupeError `not-running`, `no-torrent`
   */
  async pieceCache({ signal }: WaitOptions = {}): Promise<PieceCache | undefined> {
    const answer = await abortable(signal, () => this.#proxy.ask("part-file"));
    if ("refused" in answer) throw refusalError(answer);
    if (answer.partFile === undefined) return undefined;
    const { path, entries, files } = answer.partFile;
    return { path, pieces: entries.map(([piece]) => piece), files };
  }

  /** Peers, trackers and pieces as they are now. @throws TroupeError `no-torrent` after removal. */
  async status({ signal }: WaitOptions = {}): Promise<TorrentStatus> {
    const { isQuarantined, fault } = this.#proxy;
    if (isQuarantined && fault !== undefined) return quarantinedStatus(this, fault);
    return known(this, await abortable(signal, () => this.#proxy.ask("torrent-status")));
  }

  /** The connected peers. @throws TroupeError `no-torrent` after removal. */
  async peers(options: WaitOptions = {}): Promise<TorrentStatus["peers"]> {
    return (await this.status(options)).peers;
  }

  /** The web seeds of the torrent and of its user. @throws TroupeError `no-torrent` after removal. */
  async webSeeds(options: WaitOptions = {}): Promise<TorrentStatus["webSeeds"]> {
    return (await this.status(options)).webSeeds;
  }

  /**
   * The tiers of trackers: counts and addresses of the last reply, failures in a row, and the state of each tracker.
   *
   * @throws TroupeError `no-torrent` after removal, `quarantined`.
   */
  async tiers({ signal }: WaitOptions = {}): Promise<readonly TrackerTier[]> {
    return (await askOfTorrent(this.#proxy, "torrent-tiers", signal)).tiers;
  }

  /**
   * The seeds, leechers and completed downloads that each tracker counts, asked without an announce, also while the
   * torrent is stopped, and those that the nodes of the DHT estimate (BEP 33). Takes 20 s at most.
   *
   * @returns A line for each tracker, with counts or the tracker's error; and one with the `url` `dht` when nodes of the
   *   DHT know the torrent.
   * @throws TroupeError `no-torrent` after removal, `quarantined`.
   */
  async scrape({ signal }: WaitOptions = {}): Promise<readonly TrackerScrape[]> {
    const { trackers, dht } = await askOfTorrent(this.#proxy, "scrape-torrent", signal);
    if (dht === undefined) return trackers;
    return [...trackers, { url: "dht", complete: dht.seeds, incomplete: dht.leechers }];
  }

  /**
   * Announces now to the trackers in use. A tracker that wants no announce yet gets none.
   *
   * @returns The trackers in use, each with the seconds until it permits an announce: 0 is announced to now.
   * @throws TroupeError `announce-too-early` when every tracker wants none yet, with the trackers in `details.trackers`;
   *   `not-running`, `no-torrent`, `quarantined`.
   */
  async announce({ signal }: WaitOptions = {}): Promise<readonly TrackerWait[]> {
    return announcedOrThrow((await askOfTorrent(this.#proxy, "announce-torrent", signal)).trackers);
  }

  /** Why the torrent is not faster: a sentence, and a stable code. @throws TroupeError `no-torrent` after removal. */
  async why({ signal }: WaitOptions = {}): Promise<Why> {
    // A torrent that another process runs is in error here, and stopped in the engine.
    if (this.fault !== undefined) return { code: "failed", message: this.fault.message };
    return known(this, await abortable(signal, () => this.#proxy.ask("torrent-why")));
  }

  /**
   * Stops the torrent and forgets it.
   *
   * @param options.data True removes the files too, never through a link, and folders that become empty. Default false.
   * @throws TroupeError the code of a file that could not be removed; the torrent is forgotten.
   */
  async remove(options: WaitOptions & { readonly data?: boolean } = {}): Promise<void> {
    await abortable(options.signal, () =>
      this.#proxy.remove(options.data === true ? "torrent-and-files" : "torrent"),
    );
  }

  /** Stops the torrent. A job ends its own engine too, and is started again by the next `load`. */
  async close(): Promise<void> {
    const { owner } = this.#proxy;
    await (owner === undefined ? this.stop() : owner.close());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
