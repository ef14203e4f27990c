// What the actor `records` answers: the records of jobs in the database of a state folder. The engine and the file-workers
// speak to it under the role "records".

import type { Call } from "@troupe/actor-runtime";
import type { StorageRefusal } from "./file.messages.ts";
import type { JobRecord } from "./job-record.ts";

/** A record as it was found. */
export interface FoundRecord {
  /** Unchecked bytes; absent when there is no record of this name. */
  readonly record?: Uint8Array;
  /** What has happened to records that are gone, as a sentence. */
  readonly damage?: string;
}

/** Records to be set, and to be removed. */
export interface WriteRecords {
  /** Absolute path of the database. */
  readonly database: string;
  /** Each name once. One without bytes is removed. */
  readonly records: readonly { readonly name: string; readonly bytes?: Uint8Array }[];
}

/** One job of a list. */
export type ListedJob = Pick<JobRecord, "infoHash" | "directory" | "settings" | "isStarted">;

/** A move that is not over. */
export interface ListedMove {
  readonly infoHash: string;
  /** Absolute, links resolved. */
  readonly from: string;
  readonly to: string;
  /** The torrent is in the new folder, wherever it is listed. */
  readonly isSwitched: boolean;
  /** All files are there then, and only the old ones may have to go. */
  readonly isWhole: boolean;
}

/** A move that is not over; nothing when there is none. */
export interface FoundMove {
  readonly move?: ListedMove;
}

/** The jobs of a database. */
export interface JobList {
  readonly jobs: readonly ListedJob[];
  readonly moves: readonly ListedMove[];
  /** Records that cannot be read. */
  readonly unreadable: number;
}

/**
 * What `records` answers. Messages of one sender are handled in their order, each to its end: what is read has every
 * record that the sender wrote before. A refusal has the code of the system: `ENOSPC`, `EBUSY` …
 */
export type RecordsProtocol = {
  "read-record": Call<
    { readonly database: string; readonly name: string },
    FoundRecord | StorageRefusal
  >;
  /** All records are durable when this is answered, or none. Asked again after a restart: idempotent. */
  "write-records": Call<WriteRecords, {} | StorageRefusal>;
  /** The move of a torrent that is not over, if there is one. */
  "find-move": Call<
    { readonly database: string; readonly infoHash: string },
    FoundMove | StorageRefusal
  >;
  /** The torrent is listed in its new folder: the move is over. One that is yet to be undone stays. */
  "end-move": Call<{ readonly database: string; readonly infoHash: string }, {} | StorageRefusal>;
  "list-jobs": Call<{ readonly database: string }, JobList | StorageRefusal>;
};
