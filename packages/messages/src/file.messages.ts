// What the file-worker answers to and announces. There is one a device; the coordinator and
// peer-workers speak to each under its name, `file-0`, `file-1` …

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { PieceIndex } from "@troupe/protocol";
import type { FileList } from "./file-list.ts";
import type { SlabId, TorrentId } from "./ids.ts";
import type { JobCounters, JobFacts, RecordHome, Verify } from "./job-record.ts";

/** A torrent's files under one root. Said again to a file-worker that was restarted. */
export interface OpenStorage {
  readonly torrent: TorrentId;
  /** Absolute folder under which every file must lie. */
  readonly root: string;
  /** Paths below the root, parts already made safe. */
  readonly files: FileList;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** Places of files that nobody wants: they are not made, what pieces have of them lies in the part file. */
  readonly unwanted?: readonly number[];
  /** Name of the part file in the root; without it there is none, and every file is one. */
  readonly partFile?: string;
  /** `settle-part-file` follows: until then nothing is read of files whose bytes may lie in the part file still. */
  readonly isToSettle?: boolean;
  /** What is known of it from earlier runs is looked up, and kept from now on. Absent for one that only reads. */
  readonly job?: StoredJob;
}

/** What is to be known, and done, before a torrent writes. */
export interface PrepareStorage {
  readonly torrent: TorrentId;
  /** `full` takes the room of all wanted files now. */
  readonly allocation: "sparse" | "full";
}

/** The folder may be written to. */
export interface StoragePrepared {
  /** On its volume, before anything was allocated. */
  readonly freeBytes: number;
}

/** Files that are to go. */
export type RemoveData = Pick<
  OpenStorage,
  "torrent" | "root" | "files" | "pieceLengthBytes" | "totalBytes" | "partFile"
>;

/** Files of which a move may have been cut off. */
export interface SettleMove extends RemoveData {
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly home: RecordHome;
}

/** Files that are to be elsewhere. */
export interface MoveData extends SettleMove {
  /** Absolute; made when it does not exist. */
  readonly to: string;
}

/** Where a torrent is after a move. */
export interface MoveSettled {
  /** Absolute, links resolved. */
  readonly directory: string;
  /** It is the other folder than the one that was asked about. */
  readonly hasMoved: boolean;
  /** What keeps the rest from being done; the next start tries again. */
  readonly rest?: StorageRefusal & {
    /** All files are there, and only the old ones have to go. */
    readonly isWhole: boolean;
  };
}

/** What went. */
export interface DataRemoved {
  /** Files. */
  readonly removed: number;
  /** What stayed though it has the name of a file of the torrent; 16 at most. */
  readonly left: readonly StorageRefusal[];
}

/** Where the bytes of files lie that nobody wants. */
export interface PartFileLayout {
  /** Absolute. */
  readonly path: string;
  /** Places of the files whose bytes lie there. */
  readonly files: readonly number[];
  /** Pieces that have bytes there, and where the first byte of each piece lies, or would. */
  readonly entries: readonly (readonly [piece: PieceIndex, offset: number])[];
}

/** The part file after a move. */
export interface PartFileSettled {
  /** Absent when nothing lies there. */
  readonly partFile?: PartFileLayout;
}

/** Which job it is, and where its record is kept. */
export interface StoredJob {
  /** 40 hex digits. */
  readonly infoHash: string;
  readonly home: RecordHome;
  readonly verify: Verify;
  /** It was run before: there should be a record. */
  readonly hasRunBefore?: boolean;
}

/** What earlier runs say of a job's pieces: bitfields in wire order. What is in none of the first three is missing. */
export interface KnownPieces {
  /** Had, without a look. */
  readonly trusted: Uint8Array;
  /** May be there: to be hashed. */
  readonly toHash: Uint8Array;
  /** Had by the record, and to be hashed before they count, as the torrent runs: their files were touched. */
  readonly doubted: Uint8Array;
  /** Places of those files. */
  readonly touched: readonly number[];
  /** Trusted ones to be hashed all the same; with a bad one its files are to be hashed as a whole. */
  readonly samples: Uint8Array;
  /** Of all runs together; absent when there is no record. */
  readonly counters?: JobCounters;
  readonly peers: JobFacts["peers"];
  /** Why the record that was found cannot be used, in a sentence. */
  readonly problem?: string;
}

/** A storage that cannot be used, or a disk call that failed, as data. */
export interface StorageRefusal {
  /**
   * `file-too-long`, `file-linked` (it has other names), `file-changed` (shorter than it was), `path-outside-root`, `not-a-file`, `disk-full`,
   * `out-of-range`, `unknown-slab`, `unknown-torrent`, `queue-full`, or the system's code (`EACCES` …).
   */
  readonly refused: string;
  /** What could not be done, what was seen, what was allowed. */
  readonly message: string;
  readonly path?: string;
  /** Place of the file in the torrent, where one is to blame that was good before. */
  readonly file?: number;
}

/** What lies on disk before a torrent starts. */
export interface StorageOpened {
  /** Bytes of the files that are there, all together. Nothing has been made or changed. */
  readonly foundBytes: number;
  /** Absent when nothing lies in the part file and nothing would. */
  readonly partFile?: PartFileLayout;
  /** With a `job` in the question. */
  readonly known?: KnownPieces;
}

/** Ends a storage. */
export interface CloseStorage {
  readonly torrent: TorrentId;
  /** Milliseconds in which its files may be synced; what takes longer is hashed by the next start. Default 1 000. */
  readonly syncWithinMs?: number;
  /** The last word on its job; absent: nothing is kept of this run beyond what is on record. */
  readonly job?: { readonly facts: JobFacts; readonly isOrderly: boolean };
}

/** Tells what the engine knows of an open job. */
export interface SaveJob {
  readonly torrent: TorrentId;
  readonly facts: JobFacts;
  /** Pieces had, wire order: once they are known, and again to a file-worker that was restarted. */
  readonly had?: Uint8Array;
  /** With `had`: pieces of it that are still to be hashed as samples, wire order; absent: none. */
  readonly unsampled?: Uint8Array;
  /** Pieces that count as had no more until they are hashed: the next start hashes those that are not had by then. */
  readonly doubted?: readonly PieceIndex[];
  /** Pieces that were had and are not there any more. */
  readonly lost?: readonly PieceIndex[];
}

/** Records to be removed. */
export interface RemoveRecord {
  readonly infoHash: string;
  readonly home: RecordHome;
  /** Absolute. */
  readonly directory: string;
}

/** One verified piece in shared memory, to be written to its files. */
export interface WritePiece {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
  /** Memory that stays untouched until `piece-written` or `piece-not-written`. */
  readonly slab: SlabId;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Bytes of a torrent wanted in shared memory. */
export interface ReadBlocks {
  readonly torrent: TorrentId;
  /** Position in the torrent, as if its files were one. */
  readonly position: number;
  readonly lengthBytes: number;
  readonly slab: SlabId;
  /**
   * Where the bytes go: blocks of `blockBytes` each (the last may be shorter), each after a gap of `gapBytes`
   * that is left alone, so that message headers fit between blocks and one write sends them all.
   */
  readonly offset: number;
  readonly gapBytes: number;
  readonly blockBytes: number;
}

/** What the file-worker answers to and announces. */
export type FileProtocol = {
  /** Makes payload memory known under its id. Sent before any message that names it, and again after a restart. */
  "open-slab": Cast<{ readonly slab: SlabId; readonly memory: SharedArrayBuffer }>;
  /** The memory is no longer used by anybody. */
  "close-slab": Cast<{ readonly slab: SlabId }>;
  /** The files that it may have open from now on: file-workers come and go, and share what the process may. */
  "limit-files": Cast<{ readonly maxOpenFiles: number }>;
  /** Looks at the folder and proves the paths; makes and opens nothing. */
  "open-storage": Call<OpenStorage, StorageOpened | StorageRefusal>;
  /**
   * Says which files nobody wants. What the part file has of the others is moved into them; one that is there stays a
   * file. Nothing is refused for what was had: pieces are where they were, or where they belong.
   */
  "settle-part-file": Call<
    { readonly torrent: TorrentId; readonly unwanted: readonly number[] },
    PartFileSettled | StorageRefusal
  >;
  /** What lies in the part file now; of a torrent that is not open, nothing. */
  "describe-part-file": Call<{ readonly torrent: TorrentId }, PartFileSettled>;
  /** Proves that the folder may be written to; makes nothing, unless files are to be allocated. */
  "prepare-storage": Call<PrepareStorage, StoragePrepared | StorageRefusal>;
  /** Removes the files of a torrent that is closed, never through a link, and folders that are empty then. */
  "remove-data": Call<RemoveData, DataRemoved | StorageRefusal>;
  /**
   * Brings the files of a torrent that is closed to another folder, and its record: all of them, or none. Refused
   * `file-exists` when a name is taken there. Until `end-move` the records know of it.
   */
  "move-data": Call<MoveData, MoveSettled | StorageRefusal>;
  /** Finishes or undoes a move from or to the folder that was cut off; a torrent that is asked about from the new folder is brought there. */
  "settle-move": Call<SettleMove, MoveSettled | StorageRefusal>;
  /** Forgets what was known of a file that somebody has touched: it is taken as it is from here on. */
  "accept-file": Call<{ readonly torrent: TorrentId; readonly file: number }, {} | StorageRefusal>;
  /** Makes the files of zero length that are wanted: no piece does. Idempotent. */
  "complete-storage": Call<{ readonly torrent: TorrentId }, {} | StorageRefusal>;
  "save-job": Cast<SaveJob>;
  "remove-record": Call<RemoveRecord, {} | StorageRefusal>;
  /** Writes what is queued for it, syncs, closes its files. Afterwards it is closed, also when refused. */
  "close-storage": Call<CloseStorage, {} | StorageRefusal>;
  /** Queues a verified piece. Files and folders are made on first write. */
  "write-piece": Cast<WritePiece>;
  /** Reads verified bytes into an extent of a peer-worker's slab. */
  "read-blocks": Call<ReadBlocks, {} | StorageRefusal>;

  "piece-written": Notice<{ readonly torrent: TorrentId; readonly piece: PieceIndex }>;
  /**
   * What a peer asked for could not be read. Of a file that is not as it was nothing is read before `accept-file`, and
   * this is said once.
   */
  "read-failed": Notice<
    {
      readonly torrent: TorrentId;
      readonly position: number;
      readonly lengthBytes: number;
    } & StorageRefusal
  >;
  "piece-not-written": Notice<
    { readonly torrent: TorrentId; readonly piece: PieceIndex } & StorageRefusal
  >;
  /** The system could not write what it had taken: pieces of this torrent may be lost. */
  "sync-failed": Notice<{ readonly torrent: TorrentId } & StorageRefusal>;
  /** The record of this torrent's job cannot be kept for now; it runs all the same. */
  "record-not-saved": Notice<{ readonly torrent: TorrentId } & StorageRefusal>;
};
