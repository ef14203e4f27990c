// What the front (Coordinator and Torrent on the user's thread) asks the engine, and what it hears from it.

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { FileList } from "./file-list.ts";
import type { DataRemoved, MoveSettled, PartFileLayout, StorageRefusal } from "./file.messages.ts";
import type { TorrentId } from "./ids.ts";
import type { JobCounters, RecordHome, Verify } from "./job-record.ts";
import type { FoundMove, RecordsProtocol } from "./records.messages.ts";
import type { Why } from "./why.ts";

/** How many files and sockets each use may have open at once, in the whole engine. */
export interface DescriptorBudget {
  /** What this process may have open in all; for people to read. */
  readonly limit: number;
  /** Connections of all torrents, dials included. */
  readonly peers: number;
  /** Dials under way. */
  readonly halfOpen: number;
  /** Accepted connections that have not shaken hands. */
  readonly handshakes: number;
  /** Files of torrents. */
  readonly openFiles: number;
  /** Trackers that are asked or told. */
  readonly trackers: number;
  /** Lock files of jobs that run. */
  readonly lockFiles: number;
}

/** Settings of the engine, checked by the front: memory in bytes, folders absolute. */
export interface EngineOptions {
  /** Absolute folder for torrents that name none. */
  readonly directory: string;
  readonly peerWorkers: number;
  readonly hashThreads: number;
  readonly memoryBytes: number;
  /** Ports tried in order; 0 lets the system pick. */
  readonly ports: readonly number[];
  /** Local addresses; empty = all, IPv4 and IPv6. */
  readonly bind: readonly string[];
  readonly maxPeers: number;
  readonly descriptors: DescriptorBudget;
  /** The first number for a torrent: those of engines before it are never used again. Default 1. */
  readonly firstTorrent?: number;
  /** Absolute folder of the database of records. Without it there are no records but those of a job's own folder. */
  readonly stateDirectory?: string;
}

/** A thread that sits in a disk call, as far as anybody knows. */
export interface StuckThread {
  /** Name of the actor or pool that it is of. */
  readonly thread: string;
  /** The folder whose disk does not answer. */
  readonly folder?: string;
}

/** One torrent as the front asks for it. Kept by the front, and said again to an engine that was restarted. */
export interface AddTorrent {
  /** The front's own number of it, 1 or more: says which torrent killed an engine that had not numbered it yet. */
  readonly ticket?: number;
  /** The .torrent file's bytes, unchecked: the engine's gate turns them into a torrent or a refusal. */
  readonly metainfo: Uint8Array;
  /** Where the bytes come from: what a server sends must be a torrent to its last byte. Default `file`. */
  readonly source?: "file" | "network";
  /** Absolute. */
  readonly directory: string;
  readonly extraTrackers: readonly string[];
  readonly useTrackers: boolean;
  /** Peers to dial, from the user: numeric addresses or names. */
  readonly peers: readonly { readonly host: string; readonly port: number }[];
  /** Fewer when their tables would take more than 64 MiB a peer-worker. */
  readonly maxPeers: number;
  /**
   * `check-only` hashes what is there and neither announces, dials nor writes. `seed-only` serves what is there and
   * never writes: a torrent that is not whole gets the fault `incomplete`.
   */
  readonly mode: "download" | "check-only" | "seed-only";
  /** One whole number a file, in the torrent's order; 0: not wanted. Default 1 each. */
  readonly priorities?: readonly number[];
  /** `full` takes the room of all wanted files before anything is fetched. Default `sparse`. */
  readonly allocation?: "sparse" | "full";
  /** Pieces by their index, not the rarest first. Default false. */
  readonly isSequential?: boolean;
  /** 40 hex digits: bytes of another torrent are refused. Default: whatever they are. */
  readonly infoHash?: string;
  /** Where its record is kept. Default: in memory, for as long as the engine lives. */
  readonly home?: RecordHome;
  /** How far that record is believed. Default `sample`. */
  readonly verify?: Verify;
  /** It was run before: that there is no record of it, and yet there are files, is told. Default false. */
  readonly hasRunBefore?: boolean;
}

/** States of a torrent; the ways between them are drawn in the coordinator's lifecycle/run.ts. */
export type TorrentState =
  | "stopped"
  | "starting"
  | "checking"
  | "active"
  | "paused"
  | "stopping"
  | "error";

/** A torrent's error: it stops this torrent and nothing else. */
export interface TorrentFault {
  readonly code: string;
  readonly message: string;
}

/** What is known of a torrent once it has passed the gate. Lengths in bytes. */
export interface TorrentInfo {
  readonly torrent: TorrentId;
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly name: string;
  readonly lengthBytes: number;
  readonly pieceLengthBytes: number;
  readonly pieces: number;
  readonly files: FileList;
  readonly trackers: readonly (readonly string[])[];
  readonly isPrivate: boolean;
  /** Sentences about things that are odd and were accepted. */
  readonly warnings: readonly string[];
}

/** Figures of a torrent since it was added, payload bytes only; told once a second. */
export interface TorrentProgress {
  /** Bytes of the pieces that are had, wanted or not. */
  readonly haveBytes: number;
  /** The same when all that is wanted is had. */
  readonly wantedBytes: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  readonly wastedBytes: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly peers: number;
  /** Undefined when nothing arrives. */
  readonly etaSeconds?: number;
  /** All runs together, this one included; undefined until the first start has looked for a record. */
  readonly lifetime?: JobCounters;
}

/** One connected peer. Rates are smoothed over about five seconds. */
export interface PeerStatus {
  readonly host: string;
  readonly port: number;
  readonly isIncoming: boolean;
  readonly client: string;
  /** Share of the pieces that the peer has, 0 to 1. */
  readonly haveShare: number;
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  readonly downBytesPerSecond: number;
  readonly upBytesPerSecond: number;
  readonly amInterested: boolean;
  readonly isPeerInterested: boolean;
  readonly amChokedByPeer: boolean;
  readonly isPeerChoked: boolean;
  /** It promised blocks and does not send them. */
  readonly isSnubbed: boolean;
  /** Our requests that it has not answered yet, and its requests that we have not answered yet. */
  readonly requestsOut: number;
  readonly requestsIn: number;
  /** From a request to its block at best; 0 before the first. */
  readonly roundTripMs: number;
}

/** One tracker of a torrent, as of its last answer. */
export interface TrackerStatus {
  readonly url: string;
  readonly tier: number;
  /** Announces failed in a row; 0 after a success. */
  readonly failures: number;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly peers: number;
  /** Its last announce was answered. */
  readonly isWorking: boolean;
  /** The next announce goes to this tracker first, so many seconds from now; 0 while one is under way. */
  readonly nextInSeconds?: number;
  readonly error?: string;
}

/** The whole picture of one torrent at one moment. */
export interface TorrentStatus {
  readonly state: TorrentState;
  readonly fault?: TorrentFault;
  readonly progress: TorrentProgress;
  /** Wire order, most significant bit first. */
  readonly bitfield: Uint8Array;
  readonly peers: readonly PeerStatus[];
  readonly trackers: readonly TrackerStatus[];
  /**
   * The pieces in `stripCells` cells of `stripKinds` bytes: the share of each kind in the cell, in 255ths and rounded
   * up, so that a single piece shows.
   */
  readonly strip: Uint8Array;
  readonly why: Why;
}

/** What happens to one torrent; `Torrent` hands these to the user, the command prints them as JSON lines. */
export type TorrentEvent =
  | { readonly event: "state"; readonly state: TorrentState; readonly fault?: TorrentFault }
  | { readonly event: "checking"; readonly done: number; readonly total: number }
  /**
   * What lies on disk is known; wire order. Internal: the front turns it into `Torrent.checked`. With `isGoingOn` some
   * pieces are hashed while the torrent runs, and another follows.
   */
  | { readonly event: "checked"; readonly bitfield: Uint8Array; readonly isGoingOn?: boolean }
  | ({ readonly event: "progress" } & TorrentProgress)
  | { readonly event: "piece"; readonly index: number; readonly verified: boolean }
  | {
      readonly event: "tracker";
      readonly url: string;
      readonly ok: boolean;
      readonly peers?: number;
      readonly error?: string;
    }
  | {
      readonly event: "peer";
      readonly address: string;
      readonly connected: boolean;
      readonly client?: string;
      readonly reason?: string;
    }
  /** The reason why it is not faster is another than before. */
  | ({ readonly event: "why" } & Why)
  /** What a hash check that was asked for has found, one byte a piece, 1 = good. Internal: the front says `piece`s. */
  | {
      readonly event: "hash-verdicts";
      readonly check: number;
      readonly first: number;
      readonly verdicts: Uint8Array;
    }
  /** A hash check that was asked for has ended, or could not be made. Internal. */
  | {
      readonly event: "hash-checked";
      readonly check: number;
      readonly refused?: string;
      readonly message?: string;
    }
  | { readonly event: "complete"; readonly seconds: number }
  | { readonly event: "warning"; readonly code: string; readonly message: string }
  | { readonly event: "error"; readonly code: string; readonly message: string };

/** What the engine answers to and announces to the front. */
export type EngineProtocol = {
  /** Tries the ports in order and accepts peers there. Refused when none is free. */
  listen: Call<
    {},
    { readonly port: number } | { readonly refused: string; readonly message: string }
  >;
  "add-torrent": Call<
    AddTorrent,
    TorrentInfo | { readonly refused: string; readonly message: string }
  >;
  "start-torrent": Cast<{
    readonly torrent: TorrentId;
    /** Number of the folder's device, seen a moment ago. Undefined: the engine looks. */
    readonly device?: string;
  }>;
  /** Stops it: `stopped` announced (≤ 1.5 s), connections and files closed. */
  "stop-torrent": Call<{ readonly torrent: TorrentId }, {}>;
  "pause-torrent": Cast<{ readonly torrent: TorrentId }>;
  /** Stops and forgets it, with its record if that is asked for. Files stay. */
  "remove-torrent": Call<
    {
      readonly torrent: TorrentId;
      readonly isRecordRemoved: boolean;
      /** Its files go too, and the folders that are empty then. */
      readonly isDataRemoved?: boolean;
    },
    { readonly data?: DataRemoved | StorageRefusal }
  >;
  /** Brings the files of a stopped torrent to another folder, with its record: all of them, or none. */
  "move-torrent": Call<
    { readonly torrent: TorrentId; readonly directory: string },
    MoveSettled | { readonly refused: string; readonly message?: string }
  >;
  /** Tells of a move of this torrent that an earlier run has not finished. */
  "find-move": Call<
    { readonly torrent: TorrentId },
    FoundMove | { readonly refused: string; readonly message?: string }
  >;
  /** Finishes or undoes such a move; the torrent is in the folder of the answer then. */
  "settle-move": Call<
    { readonly torrent: TorrentId },
    MoveSettled | { readonly refused: string; readonly message?: string }
  >;
  /** The torrent is listed in the folder where it is: its move is over. */
  "end-move": Call<
    { readonly torrent: TorrentId },
    {} | { readonly refused: string; readonly message?: string }
  >;
  /** Connections from now on; the worst of those beyond are closed. More than at the start are had by the next. */
  "set-max-peers": Cast<{ readonly torrent: TorrentId; readonly maxPeers: number }>;
  /** The jobs that the database of a state folder has records of, running or not. */
  "list-jobs": RecordsProtocol["list-jobs"];
  "torrent-status": Call<
    { readonly torrent: TorrentId },
    TorrentStatus | { readonly refused: "no-torrent" }
  >;
  "torrent-why": Call<{ readonly torrent: TorrentId }, Why | { readonly refused: "no-torrent" }>;
  "add-peer": Cast<{ readonly torrent: TorrentId; readonly host: string; readonly port: number }>;
  /**
   * Hashes pieces of a running torrent: `hash-verdicts` follow, one verdict a piece, then `hash-checked`. Without
   * `ranges`, ascending and apart, all of them.
   */
  "hash-check": Cast<{
    readonly torrent: TorrentId;
    readonly check: number;
    readonly ranges?: readonly (readonly [first: number, last: number])[];
  }>;
  /** Nobody waits for it any more: nothing more is said of it. */
  "cancel-hash-check": Cast<{ readonly torrent: TorrentId; readonly check: number }>;
  /** What lies in the part file of a running torrent. */
  "part-file": Call<
    { readonly torrent: TorrentId },
    { readonly partFile?: PartFileLayout } | { readonly refused: string; readonly message?: string }
  >;
  /** Sets priorities of files, numbered from 0; the next piece that is begun follows them. */
  "set-priorities": Cast<{
    readonly torrent: TorrentId;
    readonly priorities: readonly { readonly file: number; readonly priority: number }[];
  }>;
  /** Everything stopped in order, within 4 s whatever disks do; then the thread may end. */
  "shut-down": Call<{}, { readonly left: readonly StuckThread[] }>;
  /** Threads that are in a disk call at this moment. */
  "stuck-threads": Call<{}, { readonly threads: readonly StuckThread[] }>;
  actors: Call<{}, { readonly tree: unknown }>;
  /** Ends one thread as a crash would, for chaos tests: `file`, `hash`, `check`, `peer-0` … */
  "end-actor": Cast<{ readonly name: string }>;
  /** Has one thread run an endless loop, for chaos tests: `file`, `hash`, `peer-0` … */
  "hang-actor": Cast<{ readonly name: string }>;

  "torrent-event": Notice<{
    readonly torrent: TorrentId;
    readonly events: readonly TorrentEvent[];
  }>;
  "worker-event": Notice<{
    readonly name: string;
    readonly state: string;
    readonly restarts: number;
    readonly error?: string;
  }>;
};
