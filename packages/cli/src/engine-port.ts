// The library as commands use it, passed in so that tests can pass their own engine.

import type {
  ActorStatus,
  AddOptions,
  CheckResult,
  CoordinatorEvents,
  CoordinatorOptions,
  CreatedTorrent,
  CreateOptions,
  CreationPlan,
  Dht,
  DhtFoundItem,
  DhtNodeStatus,
  DhtQuest,
  DhtRound,
  DhtStartOptions,
  DhtEvent,
  EngineChanges,
  ExportedState,
  ExportStateOptions,
  FileNameSettings,
  ImportedState,
  ImportedTorrent,
  ImportedTorrents,
  ImportStateOptions,
  ImportTorrentsOptions,
  IpFilterStatus,
  ItemName,
  ItemOptions,
  ListeningEvent,
  LoadOptions,
  MatchedFile,
  MatchOptions,
  MatchProgress,
  MatchResult,
  QuestOptions,
  RecordedJob,
  RestoreOptions,
  Torrent,
  TorrentUserEvent,
  UnrestoredJob,
  WorkerEvent,
} from "@troupe/coordinator";
import type { ReadSettings } from "@troupe/service/saved-settings";
import type { ListenPlace, RunningService, ServiceEvent, ServiceOptions } from "@troupe/service";

export type { ListenPlace, RunningService, ServiceEvent, ServiceOptions };
export type {
  ActorStatus,
  AddOptions,
  CheckResult,
  CoordinatorEvents,
  CoordinatorOptions,
  CreatedTorrent,
  CreateOptions,
  CreationPlan,
  DhtFoundItem,
  DhtNodeStatus,
  DhtRound,
  DhtStartOptions,
  DhtEvent,
  FileNameSettings,
  ImportedTorrent,
  ImportedTorrents,
  IpFilterStatus,
  ItemName,
  ItemOptions,
  ListeningEvent,
  LoadOptions,
  MatchedFile,
  MatchProgress,
  MatchResult,
  QuestOptions,
  EngineChanges,
  RecordedJob,
  RestoreOptions,
  WorkerEvent,
};

/** Activity of a torrent. */
export type TorrentState = Torrent["state"];
/** Figures of a torrent, in bytes, seconds and bytes per second. */
export type TorrentProgress = Omit<Torrent["progress"], "finished" | "unfinished" | "percentage">;

/** The status of a torrent at a moment. */
export type TorrentStatus = Awaited<ReturnType<Torrent["status"]>>;
/** A connected peer. */
export type PeerStatus = TorrentStatus["peers"][number];
/** A tracker. */
export type TrackerStatus = TorrentStatus["trackers"][number];

/** The name of a torrent event. */
export type TorrentEventName = TorrentUserEvent["event"];

/** The event with this name. */
export type TorrentEventOf<Name extends TorrentEventName> = Extract<
  TorrentUserEvent,
  { readonly event: Name }
>;

/** A warning or a reason: a stable code, and a sentence. */
export type CodedMessage = Pick<TorrentEventOf<"warning">, "code" | "message">;

/** The members of `Torrent` that the command uses. */
export type TorrentPort = Pick<
  Torrent,
  | "infoHash"
  | "name"
  | "hasMetadata"
  | "metadata"
  | "metainfo"
  | "size"
  | "pieceLength"
  | "pieceCount"
  | "files"
  | "warnings"
  | "trackers"
  | "state"
  | "fault"
  | "directory"
  | "labels"
  | "group"
  | "isComplete"
  | "left"
  | "completed"
  | "arrived"
  | "checked"
  | "read"
  | "status"
> & {
  readonly progress: TorrentProgress;
  on<Name extends TorrentEventName>(
    name: Name,
    listener: (event: TorrentEventOf<Name>) => void,
  ): unknown;
};

/** An entry of the engine's log. */
export type LogEntry = Parameters<NonNullable<CoordinatorOptions["log"]>>[0];

/** The members of `Coordinator` that the command uses. */
export interface CoordinatorPort {
  readonly port: number;
  readonly bound?: ListeningEvent["bound"] | undefined;
  readonly ipFilter?: IpFilterStatus | undefined;
  add(source: string | URL | Uint8Array, options?: AddOptions): Promise<TorrentPort>;
  /** Changes settings while the engine runs. @throws TroupeError `option-out-of-range` */
  set(changes: EngineChanges): void;
  /** Takes jobs of the state folder over, stopped. @throws TroupeError */
  adopt(): Promise<{
    readonly torrents: readonly unknown[];
    readonly failed: readonly UnrestoredJob[];
  }>;
  /** Brings back torrents of the state folder. */
  restore(options?: RestoreOptions): Promise<{
    readonly torrents: readonly unknown[];
    readonly failed: readonly UnrestoredJob[];
  }>;
  actors(): Promise<ActorStatus>;
  on<Name extends keyof CoordinatorEvents>(
    name: Name,
    listener: (event: CoordinatorEvents[Name]) => void,
  ): unknown;
  /** @throws rejects with `disk-not-answering` for a disk call that does not return. */
  close(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** The members of `Dht` that the command uses. */
export type DhtPort = Pick<
  Dht,
  | "ports"
  | "findNode"
  | "getPeers"
  | "announcePeer"
  | "put"
  | "get"
  | "ping"
  | "buckets"
  | "bucketsText"
  | "status"
  | "close"
>;

/** A quest of the DHT. */
export type DhtQuestPort<Found> = DhtQuest<Found>;

/** The library functions that commands use. */
export interface EnginePort {
  /** Whether a piece of this length exceeds the default of `--memory`. */
  needsOwnMemory(pieceLengthBytes: number): Promise<boolean>;
  start(options: CoordinatorOptions): Promise<CoordinatorPort>;
  /** Lets programs elsewhere steer an engine, which may still start. */
  serve(engine: Promise<CoordinatorPort>, options: ServiceOptions): Promise<RunningService>;
  /** The settings that remotes of a service on this state folder have set, by their keys. */
  remoteSettings(stateDirectory: string): Promise<ReadSettings>;
  /** A node of the DHT without an engine. */
  startDht(options: DhtStartOptions): Promise<DhtPort>;
  /** Plans a torrent, and hashes nothing. */
  planTorrent(path: string, options?: CreateOptions): Promise<CreationPlan>;
  /** Makes a torrent of a file or folder. */
  createTorrent(path: string, options?: CreateOptions): Promise<CreatedTorrent>;
  /** Reads a .torrent from a path, an http(s) address, or a magnet link or info-hash of a saved .torrent. */
  loadMetainfo(source: string | URL | Uint8Array, options?: LoadOptions): Promise<Uint8Array>;
  /** Finds the files of a torrent on the disk, and makes them in its data folder. */
  matchData(torrent: Uint8Array, options: MatchOptions): Promise<MatchResult>;
  /** Writes a state folder into a new file. */
  exportState(file: string, options: ExportStateOptions): Promise<ExportedState>;
  /** Brings a state folder from such a file. */
  importState(file: string, options: ImportStateOptions): Promise<ImportedState>;
  /** Brings the torrents of another client into a state folder. */
  importTorrents(from: string, options: ImportTorrentsOptions): Promise<ImportedTorrents>;
  /** The file priorities of a job's last run; undefined when all are 1, and without a record. */
  recordedPriorities(job: RecordedJob): Promise<readonly number[] | undefined>;
  /** The settings that name the files of a job on record; undefined without a record. */
  recordedFileNames(job: RecordedJob): Promise<FileNameSettings | undefined>;
}
