import type { Call } from "@troupe/actor-runtime";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { BanChanges, BannedPrefix } from "./bans.ts";
import type { SavedDhtNodes } from "./dht.messages.ts";
import type { SaveTorrent, StorageRefusal } from "./file.messages.ts";
import type { ListedJob } from "./job-record.ts";
import type { AddTotals, Totals } from "./totals.ts";

/** The copy of a .torrent in a state folder. */
export interface SaveTorrentCopy extends SaveTorrent {
  /** Files that lead from further hashes of the torrent to its key. A failure leaves the copy under its key alone. */
  readonly named?: { readonly key: TorrentKey; readonly paths: readonly string[] };
}

/** A record as found. */
export interface FoundRecord {
  /** Unchecked bytes; absent when no record has this name. */
  readonly record?: Uint8Array;
  /** Lost records, as a sentence. */
  readonly damage?: string;
}

/** Records to set and to remove. */
interface WriteRecords {
  /** Absolute path of the database. */
  readonly database: string;
  /** Each name once; without bytes, removed. */
  readonly records: readonly { readonly name: string; readonly bytes?: Uint8Array }[];
}

/** An unfinished move. */
export interface ListedMove {
  readonly key: TorrentKey;
  /** Absolute, links resolved. */
  readonly from: string;
  readonly to: string;
  /** The torrent is in the new folder, wherever it is listed. */
  readonly isSwitched: boolean;
  /** All files have arrived; only old files may remain. */
  readonly isWhole: boolean;
}

/** The unfinished move, if any. */
export interface FoundMove {
  readonly move?: ListedMove;
}

/** The jobs of a database. */
interface JobList {
  readonly jobs: readonly ListedJob[];
  readonly moves: readonly ListedMove[];
  /** Number of unreadable records. */
  readonly unreadable: number;
}

/**
 * Messages of the actor `records`, for a state folder's database. Handled in order, each to its end: a read includes
 * every earlier write of its sender. A refusal has the code of the system: `ENOSPC`, `EBUSY` …
 */
export type RecordsProtocol = {
  "read-record": Call<
    { readonly database: string; readonly name: string },
    FoundRecord | StorageRefusal
  >;
  /** All are durable after the reply, none after a refusal. Idempotent: sent again after a restart. */
  "write-records": Call<WriteRecords, {} | StorageRefusal>;
  "find-move": Call<
    { readonly database: string; readonly key: TorrentKey },
    FoundMove | StorageRefusal
  >;
  /** The torrent is now listed in its new folder. A move yet to be undone stays. */
  "end-move": Call<{ readonly database: string; readonly key: TorrentKey }, {} | StorageRefusal>;
  "list-jobs": Call<{ readonly database: string }, JobList | StorageRefusal>;
  /** Adds and lifts bans of the user, without a change to those of other programs. @returns All bans. */
  "change-bans": Call<
    BanChanges & { readonly database: string },
    { readonly bans: readonly BannedPrefix[] } | StorageRefusal
  >;
  /** Adds to the totals of all runs. @returns All totals. */
  "add-totals": Call<
    AddTotals & { readonly database: string },
    { readonly totals: Totals } | StorageRefusal
  >;
  /** The copy of a .torrent in the state folder; readable by its owner alone. */
  "save-torrent": Call<SaveTorrentCopy, {} | StorageRefusal>;
  /** The nodes of the DHT that answered, and our ids, newest first; of all programs on this state folder. */
  "read-dht-nodes": Call<{ readonly database: string }, SavedDhtNodes | StorageRefusal>;
  /** Adds nodes and ids. The nodes of each family that answered last stay. */
  "merge-dht-nodes": Call<
    { readonly database: string; readonly saved: SavedDhtNodes },
    {} | StorageRefusal
  >;
};
