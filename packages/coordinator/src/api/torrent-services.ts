// The services of a torrent, and its public events.

import type { Clock, PatientRef, Timers } from "@troupe/actor-runtime";
import type { AddTorrent, ApiProtocol, ReportedEvent, TorrentInfo } from "@troupe/messages";
import type { JobLock } from "./lock/job-lock.ts";
import type { PriorityChoice } from "./options/priority-choice.ts";

/** The files of a magnet are known. */
export interface MetadataEvent {
  readonly event: "metadata";
  readonly name: string;
  /** Bytes of all files. */
  readonly size: number;
  readonly pieces: number;
  /** Their number. */
  readonly files: number;
}

/** A move of the files of a torrent to another folder has ended. */
export interface MovedEvent {
  readonly event: "moved";
  /** The absolute path of the folder. */
  readonly directory: string;
}

/** An event of `on` and `events()`. */
export type TorrentUserEvent =
  | ReportedEvent
  | MetadataEvent
  | MovedEvent
  | { readonly event: "stopped" };

/** Names of events. */
export type EventName = TorrentUserEvent["event"];
/** The event of a name. */
export type EventOf<Name extends EventName> = Extract<TorrentUserEvent, { readonly event: Name }>;

/** A question about a torrent. */
export type TorrentCall =
  | "torrent-status"
  | "torrent-why"
  | "part-file"
  | "piece-origins"
  | "torrent-tiers"
  | "announce-torrent"
  | "scrape-torrent";

/** Contents of a torrent's part file. */
export interface PieceCache {
  /** Absolute. */
  readonly path: string;
  readonly pieces: readonly number[];
  /** Indexes of the files whose bytes lie in the part file alone. */
  readonly files: readonly number[];
}

/** Services of a torrent for the folder of `request`. */
export interface TorrentServices {
  /** Each new engine gets it again. */
  readonly request: AddTorrent;
  /** Priorities of a magnet are applied when its files are known. */
  readonly priorities: PriorityChoice;
  readonly engine: Pick<PatientRef<ApiProtocol>, "call" | "cast" | "sendNow">;
  /** Asks the engine, and its successor if it crashes before it answers. */
  readonly untilAnswered: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  readonly timers: Pick<Timers, "after">;
  readonly clock: Pick<Clock, "epochMs" | "nowMs">;
  /** Held while the torrent is to run. */
  readonly lock: JobLock;
  /** The position of the torrent in the queue, from 0. */
  queuePosition(): number;
  setQueuePosition(position: number): void;
  /** @throws TroupeError `coordinator-closed`, unless the torrent was removed before. */
  refuseClosed(): void;
  /** Removes the torrent from the coordinator. */
  forget(): void;
  /**
   * Lists the removal of the torrent and its files in the state folder: a restore finishes it. Nothing of the torrent is saved
   * afterwards. @throws rejects with a system error.
   */
  saveRemoval(): Promise<void>;
  /** Removes the torrent from the state folder. */
  forgetSaved(): Promise<void>;
  servicesAt(directory: string, makesFolder: boolean): TorrentServices;
  /** Whether a path names something. @throws TroupeError `disk-not-answering` */
  exists(path: string): Promise<boolean>;
  /** With the .torrent of a magnet instead of its link. */
  servicesWith(metainfo: SharedArrayBuffer): TorrentServices;
  /** With a lock for each of these hashes; those that are added are not held yet. These services if there is no new one. */
  servicesNamed(infoHashes: TorrentInfo["infoHashes"]): TorrentServices;
  /** The torrent is found by all hashes of its metadata. */
  namesLearned(): void;
  /** Lists the torrent in its state folder; a failure is a warning. */
  saveTorrent(): Promise<void>;
  /** The engine has saved the .torrent of a magnet: its link goes once its priorities are listed. */
  torrentSaved(): void;
  /** A move may have been cut off in an earlier run. */
  readonly mayBeMoving: boolean;
  /** Saves wish, priorities and place in the queue in the state folder. */
  saveWish(): void;
  /** Saves the same. Resolves when they are durable; a failure is a warning. */
  saveNames(): Promise<void>;
  /** Adds a quarantined torrent to the engine again. */
  leaveQuarantine(failed: (error: unknown) => void): void;
}
