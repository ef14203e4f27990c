// Messages of the file-workers, each for its device: `file-0`, `file-1` …

import type { Call, Cast, Notice } from "@troupe/actor-runtime";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { LinkTarget } from "@troupe/protocol/metainfo";
import type { DigestRule } from "@troupe/protocol/piece-digest";
import type { PieceIndex } from "@troupe/protocol/units";
import type { FileList, PlacedFile } from "./file-list.ts";
import type { SlabId, TorrentId } from "./ids.ts";
import type { BlockRun, PackedRuns } from "./layouts/block-runs.ts";
import type { JobDates } from "./job-dates.ts";
import type { JobCounters, JobFacts, RecordHome, Verify } from "./job-record.ts";
import type { TorrentShape } from "./torrent-modules.ts";

/** The files under a root, sent again to a restarted file-worker. */
export interface OpenStorage {
  readonly torrent: TorrentId;
  /** Absolute folder that must contain every file. */
  readonly root: string;
  /** Safe paths below the root. */
  readonly files: FileList;
  readonly pieceLengthBytes: number;
  readonly totalBytes: number;
  /** Indexes. These files are not created: their bytes of wanted pieces go to the part file. */
  readonly unwanted?: readonly number[];
  /** In the root; absent: no part file. */
  readonly partFile?: string;
  /** Files may be created. */
  readonly mayWrite?: boolean;
  /** Foreign files may lie at the torrent's paths: see the file-worker's foreign-files.ts. */
  readonly isShared?: boolean;
  /** In a shared folder files without bytes at the torrent's paths are its own. */
  readonly ownsEmptyFiles?: boolean;
  /** The suffix of unfinished files: see the file-worker's unfinished-files.ts. */
  readonly partSuffix?: string;
  /** Symbolic links that lead to files of the torrent. Absent: none. */
  readonly symlinks?: readonly Symlink[];
  /** Records of files that are links, below the root, of those that exist: see linked-files.ts. Absent: none. */
  readonly links?: readonly string[];
  /** `settle-part-file` follows; files with possible bytes in the part file are not read before. */
  readonly isToSettle?: boolean;
  /** With a record, kept up to date. Absent for read-only torrents. */
  readonly job?: StoredJob;
  /** The module that has the bytes in place of the files. Absent: the files. */
  readonly store?: NamedStore;
}

/** A store of the user's program, and the facts of its torrent that the file-worker does not have. */
export interface NamedStore extends Pick<TorrentShape, "infoHash" | "isPrivate" | "name"> {
  /** A `file:` URL. */
  readonly url: string;
}

/** A symbolic link of a torrent. */
export interface Symlink extends Omit<LinkTarget, "file"> {
  /** Its index. */
  readonly file: number;
  /** The index of the file that it leads to, or to a folder above which. */
  readonly target: number;
}

/** Preparation of writes. */
export interface PrepareStorage {
  readonly torrent: TorrentId;
  /** `full` allocates all wanted files now. */
  readonly allocation: "sparse" | "full";
}

/** The folder is writable. */
export interface StoragePrepared {
  /** Before allocation. */
  readonly freeBytes: number;
  /** Files that have got their names. Absent: none. */
  readonly finished?: readonly PlacedFile[];
}

/** The end of a download. */
export interface CompleteStorage {
  readonly torrent: TorrentId;
  /** Wanted files without bytes are created. */
  readonly makesEmptyFiles: boolean;
  /** Wanted links are made, in place of the empty files. Default false. */
  readonly makesSymlinks?: boolean;
  /** Indexes of the files that become executable. Absent: none. */
  readonly executables?: readonly number[];
}

/** All files have their names. */
export interface StorageCompleted extends Pick<StoragePrepared, "finished"> {
  /** Empty files and links that could not be made, and why the first could not. No piece lies in them. Absent: all are there. */
  readonly notMade?: { readonly count: number; readonly message: string };
}

/** The places of renamed files. */
export interface FilesRenamed {
  readonly placed: readonly PlacedFile[];
}

/** Files to remove. Of a shared folder the record in `job` tells which files are the torrent's. */
export type RemoveData = Pick<
  OpenStorage,
  | "torrent"
  | "root"
  | "files"
  | "pieceLengthBytes"
  | "totalBytes"
  | "partFile"
  | "isShared"
  | "ownsEmptyFiles"
  | "partSuffix"
  | "symlinks"
  | "links"
  | "job"
>;

/** Files of a possibly interrupted move. */
export interface SettleMove extends RemoveData {
  readonly key: TorrentKey;
  readonly home: RecordHome;
}

/** Files to move. */
export interface MoveData extends SettleMove {
  /** Absolute; created when missing. */
  readonly to: string;
}

/** The torrent's place after a move. */
export interface MoveSettled {
  /** Links resolved. */
  readonly directory: string;
  /** Elsewhere than asked. */
  readonly hasMoved: boolean;
  /** Obstacles; the next start tries again. */
  readonly rest?: StorageRefusal & {
    /** All files have arrived; only old files remain. */
    readonly isWhole: boolean;
  };
}

/** The result of a removal. */
export interface DataRemoved {
  readonly removed: number;
  /** Other entries with the name of a torrent file; 16 at most. */
  readonly left: readonly StorageRefusal[];
}

/** Places of unwanted files' bytes. */
export interface PartFileLayout {
  /** Absolute. */
  readonly path: string;
  /** Indexes. */
  readonly files: readonly number[];
  /** The offset of byte 0 of each piece with an entry. */
  readonly entries: readonly (readonly [piece: PieceIndex, offset: number])[];
}

/** The part file after a move. */
export interface PartFileSettled {
  /** Absent when empty. */
  readonly partFile?: PartFileLayout;
  /** Files that have got their names. Absent: none. */
  readonly finished?: readonly PlacedFile[];
}

/** A job and its record. */
export interface StoredJob {
  readonly key: TorrentKey;
  readonly home: RecordHome;
  readonly verify: Verify;
  /** A record should exist. */
  readonly hasRunBefore?: boolean;
  /** Packed `HashedFiles`, later than any record. Default: the record decides. */
  readonly hashed?: Uint8Array;
}

/** A job's recorded pieces, as bitfields in wire order. Pieces in none of the first three are missing. */
export interface KnownPieces {
  /** Had, without a hash check. */
  readonly trusted: Uint8Array;
  /** Possibly on disk, to be hashed. */
  readonly toHash: Uint8Array;
  /** Recorded as had in touched files: hashed while the torrent runs, before they count. */
  readonly doubted: Uint8Array;
  /** Indexes. */
  readonly touched: readonly number[];
  /** Trusted pieces to hash; a bad sample has its files hashed as a whole. */
  readonly samples: Uint8Array;
  /** Absent without a record. */
  readonly counters?: JobCounters;
  /** Absent also in a record of an earlier release. */
  readonly dates?: JobDates;
  readonly isServed?: true;
  readonly peers: JobFacts["peers"];
  /** Why the record cannot be used, as a sentence. */
  readonly problem?: string;
}

/** A refused storage or a failed disk call. */
export interface StorageRefusal {
  /**
   * `file-too-long`, `file-linked` (it has other names), `linked-file-wrong` (a recorded link), `foreign-file`, `file-changed` (it became shorter), `path-outside-root`,
   * `not-a-file`, `disk-full`, `out-of-range`, `unknown-slab`, `unknown-torrent`, `queue-full`, or the system's code
   * (`EACCES` …).
   */
  readonly refused: string;
  /** The action that failed, the value seen, the value allowed. */
  readonly message: string;
  readonly path?: string;
  /** Index of the file, if it was good before. */
  readonly file?: number;
}

/** Files found before a start. */
export interface StorageOpened {
  /** Bytes of the existing files. */
  readonly foundBytes: number;
  /** Absent when empty for good. */
  readonly partFile?: PartFileLayout;
  /** With a `job` in the call. */
  readonly known?: KnownPieces;
  /** Files that lie, or will lie, at another of their paths. Absent: none. */
  readonly placed?: readonly PlacedFile[];
  /** Files that are recorded links, and are never written to. Absent: none. */
  readonly linked?: readonly LinkedPlace[];
}

/** A file that is a link to data of another owner. */
export interface LinkedPlace {
  /** Its index. */
  readonly file: number;
  /** The absolute path that it is read at; absent: its own. */
  readonly readAt?: string;
}

/** How to close a storage. */
export interface CloseStorage {
  readonly torrent: TorrentId;
  /** Time limit of the sync. The next start hashes pieces not synced by then. Default 1 000. */
  readonly syncWithinMs?: number;
  /** Final facts; absent: the record stays as it is. */
  readonly job?: { readonly facts: JobFacts; readonly isOrderly: boolean };
}

/** The engine's facts of an open job. */
export interface SaveJob {
  readonly torrent: TorrentId;
  readonly facts: JobFacts;
  /** Wire order: sent once known, and again to a restarted file-worker. */
  readonly had?: Uint8Array;
  /** With `had`: pieces to hash as samples, wire order; absent: none. */
  readonly unsampled?: Uint8Array;
  /** Not had until hashed, perhaps at the next start. */
  readonly doubted?: readonly PieceIndex[];
  /** No longer on disk. */
  readonly lost?: readonly PieceIndex[];
}

/** Records to remove. */
export interface RemoveRecord {
  readonly key: TorrentKey;
  readonly home: RecordHome;
  /** Absolute. */
  readonly directory: string;
}

/** The .torrent of a magnet to save. */
export interface SaveTorrent {
  /** Absolute. The file is whole and durable, or as before. */
  readonly path: string;
  readonly metainfo: SharedArrayBuffer;
}

/** Verified pieces of a torrent to write to its files. */
export interface WritePieces {
  readonly torrent: TorrentId;
  /** Slab of all pieces; their bytes are unchanged until `pieces-written` or `piece-not-written`. */
  readonly slab: SlabId;
  /** Three numbers for each piece, one after the other: its index, its offset in the slab, its bytes. */
  readonly places: readonly number[];
}

/** One of {@link WritePieces}. */
export interface WritePiece {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
  readonly slab: SlabId;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** Neighbouring pieces of a store of the user's program, to be read and hashed in its own thread. */
export interface CheckPieces extends DigestRule {
  readonly torrent: TorrentId;
  readonly first: PieceIndex;
  readonly count: number;
  /** Bytes of each piece without the padding at its end; absent: no hash leaves padding out. */
  readonly dataBytes?: readonly number[];
}

/** The answer to {@link CheckPieces}. */
export interface PiecesChecked {
  /** The digests of the pieces, end to end; zeros for a piece that the store does not have. */
  readonly digests: Uint8Array;
  /** A byte a piece: 1 = the store has all its bytes. */
  readonly isThere: Uint8Array;
}

/** Runs of blocks to read for peers, in a single call. */
export interface ReadBlocks {
  readonly slab: SlabId;
  /**
   * Destination of a run from its offset on: blocks of `blockBytes` (the last may be shorter), each after an untouched gap
   * of `gapBytes`, so that message headers fit between and a single write sends them all.
   */
  readonly gapBytes: number;
  readonly blockBytes: number;
  readonly runs: PackedRuns;
}

/** The answer to {@link ReadBlocks}: every byte of the other runs is in place. */
export interface BlocksRead {
  /** A refused run has an unknown content. */
  readonly refused: readonly RefusedRun[];
  /** Whole milliseconds that reads waited for the disk; reads of bytes that the system had in memory do not count. */
  readonly diskMs: number;
}

/** A run that was not read. */
export interface RefusedRun extends StorageRefusal {
  /** Its index in {@link ReadBlocks.runs}. */
  readonly run: number;
}

/** Calls to the file-worker, and its notices. */
export type FileProtocol = {
  /** Before any message with this id, and again after a restart. */
  "open-slab": Cast<{ readonly slab: SlabId; readonly memory: SharedArrayBuffer }>;
  /** Its memory is free. */
  "close-slab": Cast<{ readonly slab: SlabId }>;
  /** Shares the process's limit among file-workers. */
  "limit-files": Cast<{ readonly maxOpenFiles: number }>;
  /**
   * Checks folder and paths, and finds the files. Creates nothing that stays: only for paths that differ in case alone a
   * file is created, and removed, to learn whether the file system ignores case.
   */
  "open-storage": Call<OpenStorage, StorageOpened | StorageRefusal>;
  /**
   * Sets the unwanted files. Bytes of the others move from the part file into them; an existing file stays a file.
   * Pieces that were had are never refused: they stay, or move to where they belong.
   */
  "settle-part-file": Call<
    { readonly torrent: TorrentId; readonly unwanted: readonly number[] },
    PartFileSettled | StorageRefusal
  >;
  /** Empty for a torrent that is not open. */
  "describe-part-file": Call<{ readonly torrent: TorrentId }, PartFileSettled>;
  /** Checks that the folder is writable; creates files only to allocate them. */
  "prepare-storage": Call<PrepareStorage, StoragePrepared | StorageRefusal>;
  /** Removes the data of a closed torrent, never through a link, and folders left empty. */
  "remove-data": Call<RemoveData, DataRemoved | StorageRefusal>;
  /**
   * Files and record of a closed torrent: all, or none. Refused `file-exists` when a name is taken. The records list
   * the move until `end-move`.
   */
  "move-data": Call<MoveData, MoveSettled | StorageRefusal>;
  /** Finishes or undoes an interrupted move: from the new folder, the torrent moves there. */
  "settle-move": Call<SettleMove, MoveSettled | StorageRefusal>;
  /**
   * Files of an open torrent get new paths: all, or none. The record has the new settings before the first file is
   * renamed. Refused `rename-taken` when a path is taken.
   */
  "rename-files": Call<
    {
      readonly torrent: TorrentId;
      readonly places: readonly PlacedFile[];
      readonly facts: JobFacts;
    },
    FilesRenamed | StorageRefusal
  >;
  /** Accepts a file as another program has changed it. */
  "accept-file": Call<{ readonly torrent: TorrentId; readonly file: number }, {} | StorageRefusal>;
  /** Creates wanted files of zero length, which no piece does, and takes the suffixes off. Idempotent. */
  "complete-storage": Call<CompleteStorage, StorageCompleted | StorageRefusal>;
  "save-job": Cast<SaveJob>;
  "remove-record": Call<RemoveRecord, {} | StorageRefusal>;
  /** In the job's own folder. `linkPath`: the magnet link that the .torrent replaces. */
  "save-torrent": Call<SaveTorrent & { readonly linkPath: string }, {} | StorageRefusal>;
  /** Writes the queue, syncs and closes, even if refused. */
  "close-storage": Call<CloseStorage, {} | StorageRefusal>;
  /** Queues verified pieces. The first write creates file and folders. */
  "write-pieces": Cast<WritePieces>;
  /** Pieces of a store of the user's program, which no other thread reads. */
  "check-pieces": Call<CheckPieces, PiecesChecked | StorageRefusal>;
  /** Into an extent of a peer-worker's slab. */
  "read-blocks": Call<ReadBlocks, BlocksRead>;

  /** Neighbours, in order. `finished`: files that have got their names. */
  "pieces-written": Notice<{
    readonly torrent: TorrentId;
    readonly pieces: readonly PieceIndex[];
    readonly finished?: readonly PlacedFile[];
  }>;
  /** A read for a peer failed. A changed file is not read before `accept-file`; its notice is sent once. */
  "read-failed": Notice<Omit<BlockRun, "offset"> & StorageRefusal>;
  "piece-not-written": Notice<
    { readonly torrent: TorrentId; readonly piece: PieceIndex } & StorageRefusal
  >;
  /** After accepted writes: pieces of this torrent may be lost. */
  "sync-failed": Notice<{ readonly torrent: TorrentId } & StorageRefusal>;
  /** For now; the torrent keeps running. */
  "record-not-saved": Notice<{ readonly torrent: TorrentId } & StorageRefusal>;
};
