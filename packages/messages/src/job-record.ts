import type { TorrentSettings } from "@troupe/control";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { JobDates } from "./job-dates.ts";

/** Bytes and times over all runs of a job. */
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
  /** Seconds in the swarm, without pauses. */
  readonly activeSeconds: number;
  /** The part of `activeSeconds` in which wanted pieces were missing. */
  readonly downloadSeconds: number;
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
  activeSeconds: 0,
  downloadSeconds: 0,
  seedSeconds: 0,
};

/** A job's facts without its pieces. */
export interface JobFacts {
  /** Set values, before defaults apply. */
  readonly settings: TorrentSettings;
  /** By file, 0 to 65,535; absent: 1 each. */
  readonly priorities?: readonly number[];
  /** Started again from a restored list. */
  readonly isStarted: boolean;
  /** Its removal with its files has begun: a restore finishes it. */
  readonly isRemoved?: true;
  /** A service has added or adopted it: the service restores it. */
  readonly isServed?: true;
  /** Absent from records of earlier releases. */
  readonly dates?: JobDates;
  readonly counters: JobCounters;
  /** Peers that answered lately, 200 at most. */
  readonly peers: readonly { readonly host: string; readonly port: number }[];
}

/** The record of a job (a torrent in a folder), kept from run to run. */
export interface JobRecord extends JobFacts {
  readonly key: TorrentKey;
  /** Settings that a read record has with wrong values, by name: they count as not set. */
  readonly wrongSettings?: readonly string[];
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
  /** Database of a state folder. */
  | { readonly kind: "database"; readonly path: string }
  /** A file of its own. */
  | { readonly kind: "file"; readonly path: string }
  /** Memory only: lost with its thread. */
  | { readonly kind: "memory" };

/** No trust, trust after hashing samples if the last run was interrupted, or full trust. */
export type Verify = "full" | "sample" | "none";

/** A job of a list: its record, and of its pieces those that lists show before its first start. */
export interface ListedJob extends Pick<
  JobRecord,
  | ("dates" | "directory" | "isRemoved" | "isServed" | "isStarted" | "key")
  | ("priorities" | "settings" | "wrongSettings")
> {
  /** Absent: its plain file alone is there, which has no counters. */
  readonly counters?: JobCounters;
  /** Pieces that were durable and not suspect, wire order. Absent: none, or its plain file alone is there. */
  readonly pieces?: Uint8Array;
}

/** The job of a record. */
export function listedJob(record: JobRecord): ListedJob {
  const { key, directory, settings, isStarted, isRemoved, isServed } = record;
  const { counters, dates, priorities, wrongSettings } = record;
  const pieces = trustedPieces(record);
  return {
    key,
    directory,
    settings,
    isStarted,
    counters,
    ...(pieces !== undefined && { pieces }),
    ...(isRemoved && { isRemoved }),
    ...(isServed && { isServed }),
    ...(dates !== undefined && { dates }),
    ...(priorities !== undefined && { priorities }),
    ...(wrongSettings !== undefined && { wrongSettings }),
  };
}

/** Undefined: none. */
function trustedPieces({
  durable,
  suspect,
}: Pick<JobRecord, "durable" | "suspect">): Uint8Array | undefined {
  const pieces = durable.map((bits, at) => bits & ~(suspect[at] ?? 0));
  return pieces.some((bits) => bits !== 0) ? pieces : undefined;
}
