// Synchronous disk calls, for disk threads.

import type { DatabaseEntry, DiskDatabase } from "./database.ts";
import type { DiskThread, DiskWork, FileMaker } from "./disk-threads.ts";

/** What the file system knows of one entry. */
export interface FileStat {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly lengthBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  /** When the content last changed. Any user can set it. */
  readonly mtimeNs: bigint;
  /** When content, names, owner or mode last changed. No user can set it. */
  readonly ctimeNs: bigint;
  /** Names of the file (hard links). */
  readonly linkCount: number;
  /** Permission bits, `0o777` and below. */
  readonly mode: number;
}

/**
 * Synchronous disk calls; they throw Node's system errors (`code: "ENOSPC"` …). Only disk threads use them.
 * Paths are absolute.
 */
export interface Disk {
  /**
   * Opens without following a link at the last step; `create` makes the file (never its folders), `create-new` refuses
   * with `EEXIST` when anything has the name.
   */
  open(path: string, mode: DiskMode): number;
  close(file: number): void;
  /** Scatter read at `position`; @returns bytes read, fewer only at the end of the file. */
  read(file: number, views: readonly Uint8Array[], position: number): number;
  /** Gather write at `position`; loops until everything is written. */
  write(file: number, views: readonly Uint8Array[], position: number): void;
  /** Sets the file's length: cuts, or grows with a hole. */
  truncate(file: number, lengthBytes: number): void;
  /** fdatasync. */
  sync(file: number): void;
  /** Sets the permission bits. */
  setMode(file: number, mode: number): void;
  /**
   * fdatasync of the file at `path`, beside whatever this thread does meanwhile: what had been written to it before is
   * on the disk when `done` is called without an error. One at a time for each calling thread, in a thread of its own: the
   * system's pool for such calls is small and belongs to the whole process.
   */
  syncLater(path: string, done: (error?: unknown) => void): void;
  statFile(file: number): FileStat;
  /** lstat: the link itself, not its target. Undefined when there is nothing. */
  stat(path: string): FileStat | undefined;
  /** Makes the folder and its parents. */
  makeFolder(path: string): void;
  /** Makes the names in a folder durable. A system that cannot sync a folder does nothing. */
  syncFolder(path: string): void;
  /** @throws ENOENT */
  realPath(path: string): string;
  remove(path: string): void;
  readFile(path: string): Uint8Array;
  /** Writes to a temporary neighbour, syncs, renames: the file is whole or absent. */
  writeFileAtomically(path: string, bytes: Uint8Array): void;
  /** @throws `EACCES`, `EROFS` … when nothing may be made in this folder. */
  proveWritable(path: string): void;
  /** Moves a file or folder within one volume, over what is there; @throws `EXDEV` when `to` lies on another. */
  rename(from: string, to: string): void;
  /**
   * Gives a file a second name. @throws `EEXIST` when anything has it, `EXDEV` on another volume, and `EPERM`, `ENOTSUP`
   * … where a file has one name only.
   */
  link(from: string, to: string): void;
  /** Bytes free on the volume that holds `path`. */
  freeBytes(path: string): number;
  /** Opens the database in the file at `path`, made when there is none; several processes may have it open. */
  openDatabase(path: string): DiskDatabase;
  /** What can still be read of a database that is damaged; nothing when that is all. @throws what `readFile` may. */
  salvageDatabase(path: string): readonly DatabaseEntry[];
  /** Starts a thread that makes files beside whatever this one does. */
  openMaker(): FileMaker;
  /** Starts a thread that runs a function of the disk beside whatever this thread does. */
  openThread<Input, Output>(work: DiskWork<Input, Output>): DiskThread<Input, Output>;
}

/** How {@link Disk.open} opens a file. All but `read` may write. */
export type DiskMode = "read" | "write" | "create" | "create-new";
