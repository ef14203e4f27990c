// An engine that does what the test says, and nothing else.

import { EventEmitter } from "node:events";
import { Dht } from "@troupe/coordinator";
import { isMagnetText } from "@troupe/protocol/magnet";
import type {
  ActorStatus,
  AddOptions,
  CheckResult,
  CoordinatorEvents,
  CoordinatorOptions,
  CoordinatorPort,
  DhtEvent,
  DhtPort,
  DhtStartOptions,
  EngineChanges,
  EnginePort,
  FileNameSettings,
  IpFilterStatus,
  ListeningEvent,
  LoadOptions,
  RecordedJob,
  RestoreOptions,
  RunningService,
  ServiceOptions,
  TorrentEventName,
  TorrentEventOf,
  TorrentPort,
  TorrentProgress,
  TorrentState,
  TorrentStatus,
  WorkerEvent,
} from "../../src/engine-port.ts";

export const noProgress: TorrentProgress = {
  haveBytes: 0,
  wantedBytes: 1000,
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  failedHashBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  downBytesPerSecond: 0,
  upBytesPerSecond: 0,
  peers: 0,
  ...{ seeds: 0, sendingPeers: 0, gettingPeers: 0 },
};

/** A torrent of 1 000 bytes in ten pieces. */
export class FakeTorrent implements TorrentPort {
  readonly infoHash = "ab".repeat(20);
  readonly name: string;
  hasMetadata = true;
  metainfo: Uint8Array | undefined;
  directory = "/data";
  readonly trackers = [["http://t/announce"], ["udp://u:1"]];
  /** It moves when it is complete, until `arrive`. */
  moves = false;
  fault: { readonly code: string; readonly message: string } | undefined;
  readonly size = 1000;
  readonly pieceLength = 100;
  readonly pieceCount = 10;
  readonly files = [
    {
      path: "/data/debian.iso",
      torrentPath: "debian.iso",
      lengthBytes: 1000,
      offset: 0,
      pieceRange: [0, 9] as readonly [number, number],
      priority: 1,
      haveBytes: 0,
      isPadding: false,
      isInPartFile: false,
    },
  ];
  warnings: readonly string[] = [];
  labels: readonly string[] = [];
  group: string | undefined;
  state: TorrentState = "active";
  progress: TorrentProgress = noProgress;
  /** The fields of its status beside state and progress. */
  statusFields: Partial<TorrentStatus> = {};
  statusRefusal: Error | undefined;
  statusesAsked = 0;
  readonly #emitter = new EventEmitter();
  readonly #metadata = Promise.withResolvers<void>();
  readonly #completed = Promise.withResolvers<void>();
  readonly #checked = Promise.withResolvers<CheckResult>();
  readonly #arrived = Promise.withResolvers<void>();

  constructor(name = "debian.iso") {
    this.name = name;
    // Tests need not await these promises.
    this.#metadata.promise.catch(() => undefined);
    this.#completed.promise.catch(() => undefined);
    this.#checked.promise.catch(() => undefined);
    this.#arrived.promise.catch(() => undefined);
  }

  get left(): number {
    return this.size - this.progress.haveBytes;
  }

  get isComplete(): boolean {
    return this.hasMetadata && this.left === 0;
  }

  get metadata(): Promise<void> {
    return this.#metadata.promise;
  }

  get completed(): Promise<void> {
    return this.#completed.promise;
  }

  get arrived(): Promise<void> {
    return this.#arrived.promise;
  }

  get checked(): Promise<CheckResult> {
    return this.#checked.promise;
  }

  /** Before the others. */
  addFile(file: { readonly path: string; readonly lengthBytes: number }): void {
    const usual = { offset: 0, pieceRange: [0, 0] as const, priority: 1, haveBytes: 0 };
    const torrentPath = file.path.replace("/data/", "");
    this.files.unshift({ ...usual, torrentPath, isPadding: false, isInPartFile: false, ...file });
  }

  /** The letters `a`. */
  async *read(_file: number, part: { readonly start?: number; readonly end?: number } = {}) {
    const { start = 0, end = this.size } = part;
    yield new Uint8Array(end - start).fill(0x61);
  }

  async status(): Promise<TorrentStatus> {
    if (this.statusRefusal !== undefined) throw this.statusRefusal;
    this.statusesAsked++;
    const { labels, state, progress } = this;
    const why = { code: "peers-slow", message: "one peer sends nothing" } as const;
    const lists = { peers: [], trackers: [], webSeeds: [] };
    const empty = { bitfield: new Uint8Array(2), strip: new Uint8Array(50), ...lists };
    return { state, labels, progress, why, ...empty, ...this.statusFields };
  }

  on<Name extends TorrentEventName>(
    name: Name,
    listener: (event: TorrentEventOf<Name>) => void,
  ): this {
    this.#emitter.on(name, listener);
    return this;
  }

  emit<Name extends TorrentEventName>(
    event: Name,
    fields: Omit<TorrentEventOf<Name>, "event">,
  ): void {
    // An error without a listener is no exception, as in the library.
    if (event === "error" && this.#emitter.listenerCount("error") === 0) return;
    this.#emitter.emit(event, { event, ...fields });
  }

  /** The metadata of a magnet comes. */
  becomeKnown(metainfo: Uint8Array = new Uint8Array()): void {
    this.hasMetadata = true;
    this.metainfo = metainfo;
    const { name, size, pieceCount: pieces } = this;
    this.emit("metadata", { name, size, pieces, files: 1 });
    this.#metadata.resolve();
  }

  complete(seconds: number): void {
    const { wantedBytes } = this.progress;
    this.progress = { ...this.progress, haveBytes: wantedBytes, downloadedBytes: wantedBytes };
    this.emit("progress", this.progress);
    this.emit("complete", { seconds });
    this.#completed.resolve();
    if (!this.moves) this.#arrived.resolve();
  }

  /** The move of the complete torrent ends. @param directory Undefined: it was refused. */
  arrive(directory?: string): void {
    if (directory !== undefined) {
      this.directory = directory;
      this.emit("moved", { directory });
    }
    this.#arrived.resolve();
  }

  fail(code: string, message: string): void {
    this.wait(code, message);
    this.emit("error", { code, message });
    const error = Object.assign(new Error(message), { code });
    this.#metadata.reject(error);
    this.#completed.reject(error);
    this.#arrived.reject(error);
    this.#checked.reject(error);
  }

  /** Its disk refuses something: it continues by itself. */
  wait(code: string, message: string, continuesOnce?: string): void {
    this.state = "error";
    this.fault = { code, message, ...(continuesOnce !== undefined && { continuesOnce }) };
  }

  /** The disk takes it again. */
  resume(): void {
    this.state = "active";
    this.fault = undefined;
  }

  check(failedPieces: readonly number[]): void {
    const failed = failedPieces.length;
    this.#checked.resolve({ passed: this.pieceCount - failed, failed, failedPieces });
  }
}

/** Hands out the torrents and refusals it was given, in order, and remembers what it was asked. */
export class FakeCoordinator implements CoordinatorPort {
  readonly port = 6881;
  readonly started: CoordinatorOptions;
  readonly added: AddOptions[] = [];
  readonly sources: (string | URL | Uint8Array)[] = [];
  isClosed = false;
  /** Why nothing can be added. */
  refusal: Error | undefined;
  readonly #torrents: (FakeTorrent | Error)[];
  readonly #emitter = new EventEmitter();

  constructor(started: CoordinatorOptions, torrents: (FakeTorrent | Error)[]) {
    this.started = started;
    this.#torrents = torrents;
  }

  /** Every list has two ranges and a broken line. */
  get ipFilter(): IpFilterStatus | undefined {
    const { ipFilter: path } = this.started;
    return path === undefined
      ? undefined
      : { path, ranges: 2, skippedLines: 1, firstSkippedLine: 3 };
  }

  async add(source: string | URL | Uint8Array, options: AddOptions = {}): Promise<TorrentPort> {
    this.added.push(options);
    this.sources.push(source);
    if (this.refusal !== undefined) throw this.refusal;
    const torrent = this.#torrents[this.added.length - 1];
    if (torrent === undefined) throw new Error("the test gave no torrent for this source");
    if (torrent instanceof Error) throw torrent;
    if (options.directory !== undefined) torrent.directory = options.directory;
    return torrent;
  }

  /** The workers of a healthy engine. */
  tree: ActorStatus = {
    name: "engine",
    kind: "actor",
    state: "running",
    epoch: 1,
    restarts: 0,
    mailbox: 0,
  };

  async actors(): Promise<ActorStatus> {
    return this.tree;
  }

  /** Settings that were changed while it ran. */
  readonly changes: EngineChanges[] = [];

  set(changes: EngineChanges): void {
    this.changes.push(changes);
  }

  /** The result of `restore`. */
  restored: Awaited<ReturnType<CoordinatorPort["restore"]>> = { torrents: [], failed: [] };
  readonly restores: RestoreOptions[] = [];

  async restore(options: RestoreOptions = {}): Promise<FakeCoordinator["restored"]> {
    this.restores.push(options);
    return this.restored;
  }

  async adopt(): Promise<FakeCoordinator["restored"]> {
    return this.restored;
  }

  on<Name extends keyof CoordinatorEvents>(
    name: Name,
    listener: (event: CoordinatorEvents[Name]) => void,
  ): void {
    this.#emitter.on(name, listener);
  }

  listensOn(event: ListeningEvent): void {
    this.#emitter.emit("listening", event);
  }

  hasDht(event: DhtEvent): void {
    this.#emitter.emit("dht", event);
  }

  crash(event: WorkerEvent): void {
    this.#emitter.emit("worker", event);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const torrent of this.#torrents) {
      if (torrent instanceof FakeTorrent) torrent.emit("stopped", {});
    }
  }
}

/** A service that listens nowhere. */
export class FakeService implements RunningService {
  readonly options: ServiceOptions;
  firstPassword: string | undefined;
  readonly user = "troupe";
  firstPasswordFile: string | undefined = "/state/service/first-password";
  remoteSettings: readonly string[] = [];
  readonly told: string[] = [];

  constructor(options: ServiceOptions) {
    this.options = options;
    options.listening([
      { kind: "tcp", host: "::1", port: 9_091 },
      { kind: "local", path: "/state/service/socket" },
    ]);
  }

  restored(): void {
    this.told.push("restored");
  }

  async reloadTls(): Promise<void> {
    await Promise.resolve();
    this.told.push("reload-tls");
  }

  async close(): Promise<void> {
    this.told.push("closed");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** An engine whose next coordinators get these torrents. */
export class FakeEngine implements EnginePort {
  readonly coordinators: FakeCoordinator[] = [];
  /** Bytes by source; a source that is not listed cannot be read. */
  readonly sources = new Map<string, Uint8Array>();
  /** How each source was asked for. */
  readonly loads: LoadOptions[] = [];
  /** Why its coordinators add nothing. */
  refusal: Error | undefined;
  readonly #torrents: (FakeTorrent | Error)[];

  constructor(...torrents: (FakeTorrent | Error)[]) {
    this.#torrents = torrents;
  }

  async start(options: CoordinatorOptions): Promise<FakeCoordinator> {
    const coordinator = new FakeCoordinator(options, this.#torrents);
    coordinator.refusal = this.refusal;
    this.coordinators.push(coordinator);
    return coordinator;
  }

  readonly services: FakeService[] = [];
  /** The first password of services that start. */
  firstPassword: string | undefined;

  async serve(starting: Promise<CoordinatorPort>, options: ServiceOptions): Promise<FakeService> {
    await starting;
    const service = new FakeService(options);
    service.firstPassword = this.firstPassword;
    this.services.push(service);
    return service;
  }

  /** A node in this thread. */
  async startDht(options: DhtStartOptions): Promise<DhtPort> {
    return await Dht.start({ ...options, host: "inline" });
  }

  async needsOwnMemory(pieceLengthBytes: number): Promise<boolean> {
    return pieceLengthBytes > 48 * 1024 ** 2;
  }

  /** Priorities on record. */
  recorded: readonly number[] | undefined;
  readonly recordsAsked: RecordedJob[] = [];

  async recordedPriorities(job: RecordedJob): Promise<readonly number[] | undefined> {
    this.recordsAsked.push(job);
    return this.recorded;
  }

  /** The settings of names on record. */
  names: FileNameSettings | undefined;

  /** The settings that remotes have set, by state folder. */
  readonly ofRemotes = new Map<string, Awaited<ReturnType<EnginePort["remoteSettings"]>>>();

  async remoteSettings(
    stateDirectory: string,
  ): Promise<Awaited<ReturnType<EnginePort["remoteSettings"]>>> {
    return this.ofRemotes.get(stateDirectory) ?? { values: {} };
  }

  /** Exports and imports of state folders. */
  readonly carried: {
    readonly file: string;
    readonly options: Parameters<EnginePort["importState"]>[1];
  }[] = [];
  /** Data folders that an import does not find. */
  missing: readonly string[] = [];

  async exportState(
    ...[file, options]: Parameters<EnginePort["exportState"]>
  ): ReturnType<EnginePort["exportState"]> {
    this.carried.push({ file, options });
    return { jobs: 3, files: 7, bytes: 20_480 };
  }

  async importState(
    ...[file, options]: Parameters<EnginePort["importState"]>
  ): ReturnType<EnginePort["importState"]> {
    this.carried.push({ file, options });
    return { jobs: 3, files: 7, missing: this.missing };
  }

  /** Imports from other clients. */
  readonly brought: {
    readonly from: string;
    readonly options: Parameters<EnginePort["importTorrents"]>[1];
  }[] = [];
  /** Torrents that an import finds. */
  found: Awaited<ReturnType<EnginePort["importTorrents"]>>["torrents"] = [];

  async importTorrents(
    ...[from, options]: Parameters<EnginePort["importTorrents"]>
  ): ReturnType<EnginePort["importTorrents"]> {
    this.brought.push({ from, options });
    return { client: "deluge", torrents: this.found };
  }

  /** Searches, with the result of each. */
  readonly searches: Parameters<EnginePort["matchData"]>[1][] = [];
  match: Awaited<ReturnType<EnginePort["matchData"]>> | Error | undefined;

  async matchData(
    _torrent: Uint8Array,
    options: Parameters<EnginePort["matchData"]>[1],
  ): ReturnType<EnginePort["matchData"]> {
    this.searches.push(options);
    options.onProgress?.({ stage: "proving", done: 1, total: 2 });
    if (this.match === undefined || this.match instanceof Error)
      throw this.match ?? new Error("no result is set");
    return this.match;
  }

  async recordedFileNames(): Promise<FileNameSettings | undefined> {
    return this.names;
  }

  /** Plans the torrents that a test makes. */
  planTorrent: EnginePort["planTorrent"] = async () => {
    throw new Error("the test plans no torrents");
  };
  /** Makes the torrents of a test. */
  createTorrent: EnginePort["createTorrent"] = async () => {
    throw new Error("the test makes no torrents");
  };

  async loadMetainfo(
    source: string | URL | Uint8Array,
    options: LoadOptions = {},
  ): Promise<Uint8Array> {
    this.loads.push(options);
    const bytes = this.sources.get(String(source));
    if (bytes !== undefined) return bytes;
    const code = isMagnetText(String(source)) ? "metadata-unknown" : "torrent-not-found";
    throw Object.assign(new Error(`there is no file ${String(source)}`), { code });
  }
}
