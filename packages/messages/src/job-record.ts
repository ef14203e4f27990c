import type { TorrentKey } from "@troupe/protocol/identity";
import type { RateLimits } from "./rate-limits.ts";
import type { SeedChoker } from "./upload-slots.ts";

/** How a torrent announces to several trackers. */
export const announceModes = ["parallel", "strict", "all"] as const;

/**
 * `parallel`: to one tracker of each tier at a time. `strict`: to one tracker at a time, in the order of the tiers (BEP
 * 12). `all`: to every tracker.
 */
export type AnnounceMode = (typeof announceModes)[number];

/** Goals at which a complete torrent stops by itself. Without a goal it never does. */
export interface SeedGoals {
  /** Sent bytes of all runs, divided by received bytes, or by the bytes had where these are more. */
  readonly ratio?: number;
  /** Seconds of seeding in all runs. */
  readonly seedSeconds?: number;
  /** Seconds of seeding without a block sent. */
  readonly idleSeconds?: number;
  /** `all`: each of the goals must be reached. Absent: one of them. */
  readonly until?: "all";
}

/** The place of a torrent in the queue of its engine. */
export interface QueuePlace {
  /** A whole number; the torrent with the lowest comes first. */
  readonly rank: number;
  /** Runs outside of the limits of the queue. */
  readonly isForced?: true;
}

/** Chosen by the user. */
export interface JobSettings {
  readonly extraTrackers: readonly string[];
  readonly useTrackers: boolean;
  /** Absent: `parallel`. */
  readonly announce?: Exclude<AnnounceMode, "parallel">;
  readonly maxPeers: number;
  readonly isSeedOnly: boolean;
  /** Picks pieces by index. */
  readonly isSequential: boolean;
  /** The names in the torrent. Absent: names that every system accepts, as in records of earlier releases. */
  readonly names?: "own";
  /** Super-seeds once the torrent is a seed. Absent: super-seeding is off, or has ended. */
  readonly isSuperSeed?: true;
  /** Absent: none of the user. */
  readonly webSeeds?: readonly string[];
  /** Absent: the rank 0. */
  readonly queuePlace?: QueuePlace;
  /** Absent: peers get data. */
  readonly isUploadOff?: true;
  /** Absent: `round-robin`. */
  readonly seedChoker?: Exclude<SeedChoker, "round-robin">;
  /** By file, 0 to 65,535; absent: 1 each. */
  readonly priorities?: readonly number[];
  /** Absent: the torrent seeds until it is stopped. */
  readonly goals?: SeedGoals;
  /** Absent: none. */
  readonly limits?: RateLimits;
}

/** Bytes over all runs of a job. */
export interface JobCounters {
  /** Payload. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Payload received twice or never requested. */
  readonly wastedBytes: number;
  /** Payload of pieces that failed their hash. */
  readonly failedHashBytes: number;
  /** Messages without payload. */
  readonly protocolDownBytes: number;
  readonly protocolUpBytes: number;
  /** Seconds of seeding. */
  readonly seedSeconds: number;
}

/** Counters before the first run. */
export const zeroCounters: JobCounters = {
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  failedHashBytes: 0,
  protocolDownBytes: 0,
  protocolUpBytes: 0,
  seedSeconds: 0,
};

/** A job's facts without its pieces. */
export interface JobFacts {
  readonly settings: JobSettings;
  /** Started again from a restored list. */
  readonly isStarted: boolean;
  /** Its removal with its files has begun: a restore finishes it. */
  readonly isRemoved?: true;
  readonly counters: JobCounters;
  /** Peers that answered lately, 200 at most. */
  readonly peers: readonly { readonly host: string; readonly port: number }[];
}

/** The record of a job (a torrent in a folder), kept from run to run. */
export interface JobRecord extends JobFacts {
  readonly key: TorrentKey;
  /** Absolute; links resolved where possible. */
  readonly directory: string;
  /**
   * Set before the first write of a run, cleared when all had pieces are durable. Pieces written meanwhile are suspect.
   */
  readonly isOpenForWriting: boolean;
  readonly pieceCount: number;
  /** Bitfields in wire order, spare bits zero: written; written and synced; written before a failed sync. */
  readonly had: Uint8Array;
  readonly durable: Uint8Array;
  readonly suspect: Uint8Array;
  /** Trusted without a hash after a crash, to be sampled. Wire order. */
  readonly unsampled: Uint8Array;
  /** Five words a file, see the file-worker's `file-facts.ts`. Empty before the first run. */
  readonly files: BigUint64Array;
}

/** Where a job's record is kept. */
export type RecordHome =
  /** Of a state folder. */
  | { readonly kind: "database"; readonly path: string }
  /** A file of its own. */
  | { readonly kind: "file"; readonly path: string }
  /** Memory only: lost with its thread. */
  | { readonly kind: "memory" };

/** No trust, trust after hashing samples if the last run was interrupted, or full trust. */
export type Verify = "full" | "sample" | "none";
