// Messages between the user's thread (Coordinator and Torrent) and the engine.

import type { Metric } from "./metrics.ts";
import type { PieceOrigin } from "./piece-origin.ts";
import type { RateHistory } from "./rate-history.ts";
import type { Totals } from "./totals.ts";
import type { BanChanges, BannedPrefix } from "./bans.ts";
import type { Address, Call, Cast, Notice, InterfaceRule, ProxyRule } from "@troupe/actor-runtime";
import type {
  EngineSettingChanges,
  FileRename,
  LiveEngineSettings,
  TorrentSettingChanges,
  TorrentSettings,
} from "@troupe/control";
import type { ClientIdentity } from "@troupe/protocol/client-identity";
import type { MappingProtocol } from "@troupe/protocol/gateway";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { NameRule } from "@troupe/protocol/metainfo";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { Deadline } from "./deadline.ts";
import type { DescriptorBudget } from "./descriptor-budget.ts";
import type { FileAccess } from "./file-access.ts";
import type { FileBytes, FileRead } from "./file-read.ts";
import type { DhtSettings, DhtSwarm } from "./dht.messages.ts";
import type { DataRemoved, MoveSettled, PartFileLayout, StorageRefusal } from "./file.messages.ts";
import type { FilterMemory } from "./ip-filter.ts";
import type { TorrentId } from "./ids.ts";
import type { JobDates } from "./job-dates.ts";
import type { JobCounters, RecordHome, Verify } from "./job-record.ts";
import type { UploadSlots } from "./upload-slots.ts";
import type { DhtPorts } from "./datagrams/port.messages.ts";
import type { FoundMove, RecordsProtocol } from "./records.messages.ts";
import type { StuckThread } from "./stuck-thread.ts";
import type { Why } from "./why.ts";
import type { TrackerScrape, TrackerTier, TrackerWait } from "./source-status.ts";
import type { TorrentEvent } from "./torrent-event.ts";
import type { TorrentStatus } from "./torrent-status.ts";
import type { TorrentInfo } from "./torrent-info.ts";
import type { TorrentModules } from "./torrent-modules.ts";

/** Already checked. */
export interface EngineOptions {
  /** Default folder of torrents; absolute. */
  readonly directory: string;
  readonly peerWorkers: number;
  readonly hashThreads: number;
  readonly memoryBytes: number;
  /** Tried in order; 0 lets the system pick. */
  readonly ports: readonly number[];
  /** Local addresses; empty for all of `families`. */
  readonly bind: readonly string[];
  /** Local discovery (BEP 14) is on, for public torrents. */
  readonly localDiscovery: boolean;
  /** Protocols by which a gateway is asked to map the listen port, in this order. Empty: it is not asked. */
  readonly portMapping: readonly MappingProtocol[];
  /** Settings of the DHT node for public torrents. Absent: no node. */
  readonly dht?: DhtSettings;
  /** Set values of the settings that change at run time. Default: nothing. */
  readonly settings?: LiveEngineSettings;
  /** Settings of the names of files, for torrents that are new in their folders. Default: nothing. */
  readonly fileNames?: Pick<TorrentSettings, "layout" | "partSuffix">;
  /** Torrents of a disk whose found files are hashed at once. Default 256. */
  readonly maxChecks?: number;
  /** Upload slots of all torrents together. Default `rate`. */
  readonly uploadSlots?: UploadSlots;
  /** Families of addresses that are used, the preferred one first; at least one. */
  readonly families: readonly AddressFamily[];
  /** Hosts that strangers may name although they are local: names and numeric addresses. Default: none. */
  readonly localHosts?: readonly string[];
  /** How we name ourselves to others. */
  readonly identity: ClientIdentity;
  /** The name servers. Absent: those of the system. */
  readonly dns?: readonly Address[];
  /** The proxy with its login. Absent: everything leaves directly. */
  readonly proxy?: ProxyRule;
  /** The interface that everything is bound to. Absent: the system chooses. */
  readonly interface?: InterfaceRule;
  readonly descriptors: DescriptorBudget;
  /** Permissions of new files and folders. Default: as the system makes them. */
  readonly fileAccess?: FileAccess;
  /** Numbers of earlier engines are never reused. Default 1. */
  readonly firstTorrent?: number;
  /** Absolute. Without it only job folders keep records. */
  readonly stateDirectory?: string;
}

/** A peer that a call names: a numeric address or a name. */
export interface NamedPeer {
  readonly host: string;
  readonly port: number;
  /** A caller elsewhere has named it: it is dialled only at an address that strangers may name. */
  readonly isFromStranger?: true;
}

/** A torrent to add, sent again to a restarted engine. */
export interface AddTorrent {
  /**
   * The library's own number, 1 or more: identifies a torrent that crashed the engine before it had a torrent number.
   */
  readonly ticket?: number;
  /**
   * The .torrent, unchecked: the engine parses or refuses it. Its piece hashes and dictionary are used where they are.
   * Absent for a magnet.
   */
  readonly metainfo?: SharedArrayBuffer;
  /** The hash layers of the .torrent were held against its roots. Default false: the engine does it. */
  readonly areLayersProven?: boolean;
  /** A magnet link. Exactly one of the two is given. */
  readonly magnet?: string;
  /** Bytes from the network must be a torrent to the last byte. Default `file`. */
  readonly source?: "file" | "network";
  /** Absolute. */
  readonly directory: string;
  /** Set values of the torrent. */
  readonly settings: TorrentSettings;
  /** From the user or a caller elsewhere. */
  readonly peers: readonly NamedPeer[];
  /** A caller elsewhere has added it: its .torrent and its link are kept for this job alone. */
  readonly isFromStranger?: true;
  /** URLs of a magnet link whose .torrent is known. Default: none. */
  readonly linkWebSeeds?: readonly string[];
  /**
   * `check-only` hashes the files and neither announces, dials nor writes. `seed-only` never writes: an incomplete
   * torrent gets the fault `incomplete`. `metadata-only` fetches the metadata of a magnet and opens no files.
   */
  readonly mode: "download" | "check-only" | "seed-only" | "metadata-only";
  /** Time of peers for the hash layers that the metadata of a `metadata-only` torrent lacks. Default 0. */
  readonly layersWithinMs?: number;
  /**
   * A whole number a file; 0 is not wanted. Default 1 each, or the files that a magnet link selects (BEP 53). Priorities
   * of a magnet are checked when its metadata comes.
   */
  readonly priorities?: readonly number[];
  /** Wait of a magnet for the program. Default `none`. */
  readonly metadataWait?: MetadataWait;
  /** The .torrent came as metadata and may not be saved yet: the engine saves it. Default false. */
  readonly isUnsaved?: boolean;
  /** `full` allocates all wanted files first. Default `sparse`. */
  readonly allocation?: "sparse" | "full";
  /** How the files are named. Default `own`. */
  readonly names?: NameRule;
  /** Key of a torrent on record: other torrents are refused. Default: any. */
  readonly key?: TorrentKey;
  /** Key of a job on record that an added torrent continues: a hybrid was on record by its other hash. Default: its own. */
  readonly recordKey?: TorrentKey;
  /** Default: in memory, for the life of the engine. */
  readonly home?: RecordHome;
  /** Loaded at the start of each run. Default: none. */
  readonly modules?: TorrentModules;
  /** Trust in the record. Default `sample`. */
  readonly verify?: Verify;
  /** Packed `HashedFiles`: files that are unchanged since are had at the first start. Default: none. */
  readonly hashed?: Uint8Array;
  /** Warns of files without a record. Default false. */
  readonly hasRunBefore?: boolean;
  /** Dates of earlier runs; those of the record count too. Default: it was added now. */
  readonly dates?: JobDates;
  /** The mark of a service in the record. Default: as the record has it. */
  readonly isServed?: true;
}

/**
 * How long a magnet whose metadata has come waits for `accept-metadata`: not at all, 5 s for listeners of the event, or
 * as long as the program's function of priorities takes.
 */
export type MetadataWait = "none" | "listener" | "function";

/** States of a torrent, derived from its life (packages/coordinator/src/torrent/lifecycle). */
export type TorrentState =
  | "stopped"
  | "metadata"
  | "starting"
  | "checking"
  /** Started, and waits for a place in the queue. Nothing is open. */
  | "queued"
  | "active"
  | "paused"
  | "stopping"
  | "error";

/**
 * Bytes since the torrent was added; payload where no other kind is named. Sent once a second; of a complete torrent
 * without peers only when they change, and its time of seeding once a minute.
 */
export interface TorrentProgress {
  /** Bytes of pieces had, wanted or not; without padding. */
  readonly haveBytes: number;
  /** `haveBytes` once every wanted piece is had. */
  readonly wantedBytes: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Payload that came twice, was not requested, or failed its hash. */
  readonly wastedBytes: number;
  /** The part of `wastedBytes` that failed its hash. */
  readonly failedHashBytes: number;
  /** Messages of peers and to peers, with the heads of blocks, without their payload. */
  readonly protocolDownBytes: number;
  readonly protocolUpBytes: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  /** Connected peers and web seeds. */
  readonly peers: number;
  /** The part of `peers` with all pieces. */
  readonly seeds: number;
  /** Peers that payload comes from, as of the last second. */
  readonly sendingPeers: number;
  /** Peers that payload goes to, as of the last second. */
  readonly gettingPeers: number;
  /** Seeds in the swarm: the largest count in the last replies of trackers. Absent: no tracker has named one. */
  readonly swarmSeeds?: number;
  /** Peers of the swarm that are no seeds, as `swarmSeeds`. */
  readonly swarmLeechers?: number;
  /** `TorrentStatus.availability` of a torrent that downloads, up to 10 s old. Absent: not known, or all is had. */
  readonly availability?: number;
  /** Undefined when nothing arrives. */
  readonly etaSeconds?: number;
  /** Milliseconds since 1970, as {@link JobDates} has them. */
  readonly completedAt?: number;
  readonly activeAt?: number;
  /** Sum of all runs; undefined before the first start has looked for a record. */
  readonly lifetime?: JobCounters;
}

/** The figures of a torrent in a frame. */
export interface ProgressRow extends OfTorrent {
  readonly progress: TorrentProgress;
}

/** The port that peers connect to. */
export interface PublicPort {
  /** Port of the gateway that maps ours, else ours. */
  readonly port: number;
  /** Ours. */
  readonly listenPort: number;
  /** Numeric address of the gateway on the internet, if it named one. */
  readonly externalAddress?: string;
}

/** The torrent of a message. */
export interface OfTorrent {
  readonly torrent: TorrentId;
}

/** Why the engine did not carry out a call. */
export interface CallRefusal {
  readonly refused: string;
  readonly message?: string;
}

/** Trackers, web seeds, peers and metadata that a torrent has taken over from another source of it. */
export interface TakenOver {
  /** URLs that are new. */
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
  /** Number of new peers. */
  readonly peers: number;
  /** A magnet has got its metadata. */
  readonly metadata: boolean;
}

/** Why a torrent was not added. */
export interface AddRefusal extends Required<CallRefusal> {
  /** The torrent that is there: the code is `torrent-exists`. */
  readonly exists?: { readonly torrent: TorrentId; readonly took: TakenOver };
}

/** Calls to the engine, and its notices. */
export type ApiProtocol = {
  /** Accepts peers on the first free port. Refused when none is free. */
  listen: Call<{}, { readonly port: number } | Required<CallRefusal>>;
  /** Replaces the IP filter: layouts/address-ranges.ts. Absent: no filter. Filtered peers are closed. */
  "set-ip-filter": Call<Omit<FilterMemory, "bans">, {}>;
  /** Bans addresses, or lifts bans; in force before the reply. @returns All bans. A refusal: they are not saved yet. */
  "change-bans": Call<BanChanges, { readonly bans: readonly BannedPrefix[] } | CallRefusal>;
  /**
   * The totals of the engine, and those of all runs on its state folder. A refusal: the folder cannot be read. With `isGlance`
   * the folder is asked at most once, for half a second: without an answer its totals are left out. `dhtNodes`: the nodes in the
   * routing tables, once a node of ours has run.
   */
  totals: Call<
    { readonly isGlance?: boolean },
    | { readonly session: Totals; readonly overall?: Totals; readonly dhtNodes?: number }
    | CallRefusal
  >;
  metrics: Call<{}, { readonly metrics: readonly Metric[] }>;
  "rate-history": Call<{}, RateHistory>;
  /** The last downloaded pieces of the torrent, the oldest first; 10,000 of all torrents are remembered. */
  "piece-origins": Call<
    OfTorrent,
    { readonly origins: readonly PieceOrigin[] } | { readonly refused: "no-torrent" }
  >;
  /** Changes settings of the engine. */
  "change-settings": Cast<{ readonly changes: EngineSettingChanges }>;
  /** Changes settings of a torrent; recorded. */
  "change-torrent-settings": Cast<{
    readonly torrent: TorrentId;
    readonly changes: TorrentSettingChanges;
  }>;
  "add-torrent": Call<AddTorrent, TorrentInfo | AddRefusal>;
  /**
   * The program has handled the event `metadata`: the torrent opens its files if it has waited. `priorities` are those of
   * all files; a torrent that runs takes the changed ones.
   */
  "accept-metadata": Cast<{ readonly torrent: TorrentId; readonly priorities: readonly number[] }>;
  /** Replaces {@link AddTorrent.metadataWait}. */
  "set-metadata-wait": Cast<{ readonly torrent: TorrentId; readonly wait: MetadataWait }>;
  "start-torrent": Cast<{
    readonly torrent: TorrentId;
    /** Device of the folder; undefined: the engine looks. */
    readonly device?: string;
  }>;
  /** Announces `stopped` (≤ 1.5 s), closes connections and files. */
  "stop-torrent": Call<OfTorrent, {}>;
  "pause-torrent": Cast<OfTorrent>;
  /** On request with its record. Files stay. */
  "remove-torrent": Call<
    {
      readonly torrent: TorrentId;
      readonly isRecordRemoved: boolean;
      /** With its files, and folders left empty. */
      readonly isDataRemoved?: boolean;
    },
    { readonly data?: DataRemoved | StorageRefusal }
  >;
  /** Files and record of a stopped torrent: all, or none. */
  "move-torrent": Call<
    { readonly torrent: TorrentId; readonly directory: string },
    MoveSettled | CallRefusal
  >;
  /** Checks a rename: of a file by its index or path, or of a folder by its path. Changes nothing. */
  "plan-rename": Call<
    { readonly torrent: TorrentId; readonly from: number | string; readonly to: string },
    { readonly renames: readonly FileRename[] } | CallRefusal
  >;
  /** Carries out the planned renames: all files, or none. Those of a stopped torrent come with its next start. */
  "rename-files": Call<
    { readonly torrent: TorrentId; readonly renames: readonly FileRename[] },
    {} | CallRefusal
  >;
  /** Finds an unfinished move of an earlier run. */
  "find-move": Call<OfTorrent, FoundMove | CallRefusal>;
  /** Finishes or undoes that move and replies with the folder. */
  "settle-move": Call<OfTorrent, MoveSettled | CallRefusal>;
  /** The torrent is now listed in its folder. */
  "end-move": Call<OfTorrent, {} | CallRefusal>;
  /** The jobs in the record database, running or not. */
  "list-jobs": RecordsProtocol["list-jobs"];
  "torrent-status": Call<OfTorrent, TorrentStatus | { readonly refused: "no-torrent" }>;
  "torrent-why": Call<OfTorrent, Why | { readonly refused: "no-torrent" }>;
  "torrent-tiers": Call<
    OfTorrent,
    { readonly tiers: readonly TrackerTier[] } | { readonly refused: "no-torrent" }
  >;
  /** Asks every tracker for its counts, and the nodes of the DHT for an estimate; 20 s at most. */
  "scrape-torrent": Call<
    OfTorrent,
    | { readonly trackers: readonly TrackerScrape[]; readonly dht?: DhtSwarm }
    | { readonly refused: "no-torrent" }
  >;
  /** Announces now to the trackers in use, as far as they permit it. */
  "announce-torrent": Call<OfTorrent, { readonly trackers: readonly TrackerWait[] } | CallRefusal>;
  /** Closes the connections to this peer. */
  "disconnect-peer": Cast<{
    readonly torrent: TorrentId;
    readonly host: string;
    readonly port: number;
  }>;
  /** Traces the messages of a connected peer; the events `wire-traced` follow. Refused `peer-not-connected`. */
  "trace-peer": Call<
    {
      readonly torrent: TorrentId;
      readonly trace: number;
      readonly host: string;
      readonly port: number;
    },
    {} | CallRefusal
  >;
  "end-trace": Cast<{ readonly torrent: TorrentId; readonly trace: number }>;
  "add-peer": Cast<NamedPeer & { readonly torrent: TorrentId }>;
  /**
   * Hashes pieces of a running torrent. `hash-verdicts` with a verdict a piece follow, then `hash-checked`. `ranges`
   * are ascending and disjoint; default all.
   */
  "hash-check": Cast<{
    readonly torrent: TorrentId;
    readonly check: number;
    readonly ranges?: readonly (readonly [first: number, last: number])[];
  }>;
  /** No further verdicts are sent. */
  "cancel-hash-check": Cast<{ readonly torrent: TorrentId; readonly check: number }>;
  /** Layout of a running torrent's part file. */
  "part-file": Call<OfTorrent, { readonly partFile?: PartFileLayout } | CallRefusal>;
  /** By file index. The next piece started follows them. */
  "set-priorities": Cast<{
    readonly torrent: TorrentId;
    readonly priorities: readonly { readonly file: number; readonly priority: number }[];
  }>;
  /** Replaces all deadlines of the torrent: {@link mostDeadlines} at most. Not recorded. */
  "set-deadlines": Cast<{ readonly torrent: TorrentId; readonly deadlines: readonly Deadline[] }>;
  /** The next bytes of a file that are had; the range of an open reader is wanted. One read of a reader at a time. */
  "read-file": Call<FileRead, FileBytes | CallRefusal>;
  /** Its range is no longer wanted for it, and its deadlines end. */
  "end-reader": Cast<{ readonly torrent: TorrentId; readonly reader: number }>;
  /** Replaces all modules of the torrent; a running torrent loads those that are new. Not recorded. */
  "set-modules": Cast<{ readonly torrent: TorrentId; readonly modules: TorrentModules }>;
  /** All actors in order, within 4 s whatever disks do. */
  "shut-down": Call<{}, { readonly left: readonly StuckThread[] }>;
  "stuck-threads": Call<{}, { readonly threads: readonly StuckThread[] }>;
  /** Ends an actor like a crash, for chaos tests: `file`, `hash`, `check`, `peer-0` … */
  "end-actor": Cast<{ readonly name: string }>;
  /** Into an endless loop, for chaos tests: `file`, `hash`, `peer-0` … */
  "hang-actor": Cast<{ readonly name: string }>;

  "torrent-event": Notice<{
    readonly torrent: TorrentId;
    readonly events: readonly TorrentEvent[];
  }>;
  /** The user's thread has handled a `progress-frame`. */
  "frame-taken": Cast<{}>;
  /**
   * The figures of all torrents whose figures are due in this second: each is an event `progress`. The next frame follows
   * `frame-taken`.
   */
  "progress-frame": Notice<{ readonly rows: readonly ProgressRow[] }>;
  /** The port that peers connect to has changed: a gateway maps ours, or has lost the mapping. */
  "public-port": Notice<PublicPort>;
  /** The UDP ports of the DHT node's sockets have come, changed or gone. */
  "dht-ports": Notice<DhtPorts>;
  /** The state folder has all changes of the bans, also those that it refused at first. */
  "bans-saved": Notice<{}>;
  "worker-event": Notice<{
    readonly name: string;
    readonly state: string;
    readonly restarts: number;
    readonly error?: string;
  }>;
};
