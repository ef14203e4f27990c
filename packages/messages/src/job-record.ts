// What is kept of a job (a torrent in a folder) from one run of the program to the next.

/** The user's choices for one torrent. */
export interface JobSettings {
  readonly extraTrackers: readonly string[];
  readonly useTrackers: boolean;
  readonly maxPeers: number;
  readonly isSeedOnly: boolean;
  /** Pieces by their index. */
  readonly isSequential: boolean;
  /** One a file, 0 to 65,535; absent: 1 each. */
  readonly priorities?: readonly number[];
}

/** Bytes over the whole life of a job, all runs together. */
export interface JobCounters {
  /** Payload. */
  readonly downloadedBytes: number;
  readonly uploadedBytes: number;
  /** Payload that came for nothing: twice, or never asked for. */
  readonly wastedBytes: number;
  /** Payload of pieces that failed their hash. */
  readonly failedHashBytes: number;
}

/** Of a job that has not run yet. */
export const zeroCounters: JobCounters = {
  downloadedBytes: 0,
  uploadedBytes: 0,
  wastedBytes: 0,
  failedHashBytes: 0,
};

/** What the coordinator knows of a job beside its pieces. */
export interface JobFacts {
  readonly settings: JobSettings;
  /** The user wants it to run: it is started again when the list is restored. */
  readonly isStarted: boolean;
  readonly counters: JobCounters;
  /** Addresses that answered lately, 200 at most. */
  readonly peers: readonly { readonly host: string; readonly port: number }[];
}

/** One job as it is kept. */
export interface JobRecord extends JobFacts {
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Absolute, links resolved, where that could be done. */
  readonly directory: string;
  /** Set before the first write of a run, cleared when all that is had is durable: what was written since is suspect. */
  readonly isOpenForWriting: boolean;
  readonly pieceCount: number;
  /** Bitfields in wire order, spare bits zero: written; written and synced; written before a sync that failed. */
  readonly had: Uint8Array;
  readonly durable: Uint8Array;
  readonly suspect: Uint8Array;
  /** Pieces believed after a cut without a hash: some time they are to be hashed as samples. Wire order. */
  readonly unsampled: Uint8Array;
  /** Five words a file, see `file-facts.ts` of the file-worker. Empty for a job that has never run. */
  readonly files: BigUint64Array;
}

/** Where a job's record is kept. */
export type RecordHome =
  /** Among others, in the database of a state folder. */
  | { readonly kind: "database"; readonly path: string }
  /** A file of its own. */
  | { readonly kind: "file"; readonly path: string }
  /** Nowhere: it is forgotten with the thread that holds it. */
  | { readonly kind: "memory" };

/** How far the record of a job is believed: not at all, after a look at some pieces when the last run was cut off, or as it is. */
export type Verify = "full" | "sample" | "none";
