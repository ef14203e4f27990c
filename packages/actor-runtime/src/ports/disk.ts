import type { DatabaseEntry, DiskDatabase } from "./database.ts";
import type { DiskThread, DiskWork, FileMaker } from "./disk-threads.ts";

/** File-system metadata of an entry. */
export interface FileStat {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly lengthBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  /** Last change of the content. Any user can set it. */
  readonly mtimeNs: bigint;
  /** Last change of content, names, owner or mode. No user can set it. */
  readonly ctimeNs: bigint;
  /** Names of the file (hard links). */
  readonly linkCount: number;
  /** Permission bits, `0o777` and below. */
  readonly mode: number;
}

/**
 * Synchronous disk calls, only for disk threads. They throw Node's system errors (`code: "ENOSPC"` …). Paths are
 * absolute.
 */
export interface Disk {
  /**
   * Opens without following a link at the last step; `create` creates the file (never its folders), `create-new`
   * refuses with
   * `EEXIST` an existing name.
   */
  open(path: string, mode: DiskMode): number;
  close(file: number): void;
  /** Scatter read at `position`; @returns bytes read, fewer only at the end of the file. */
  read(file: number, views: readonly Uint8Array[], position: number): number;
  /** Gather write of all bytes at `position`. */
  write(file: number, views: readonly Uint8Array[], position: number): void;
  /** Sets the file's length: cuts, or grows with a hole. */
  truncate(file: number, lengthBytes: number): void;
  /** fdatasync. */
  sync(file: number): void;
  setMode(file: number, mode: number): void;
  /**
   * fdatasync of the file at `path` in another thread: earlier writes to it are durable when `done` is called without
   * an
   * error. Each calling thread has a sync thread of its own, because the process shares its small system pool.
   */
  syncLater(path: string, done: (error?: unknown) => void): void;
  statFile(file: number): FileStat;
  /** lstat of the link itself. Undefined when nothing exists. */
  stat(path: string): FileStat | undefined;
  /** Creates the folder and its parents. */
  makeFolder(path: string): void;
  /** Makes the names in a folder durable, where the system can. */
  syncFolder(path: string): void;
  /** @throws ENOENT */
  realPath(path: string): string;
  remove(path: string): void;
  readFile(path: string): Uint8Array;
  /** Writes to a temporary neighbour, syncs, renames: the file is whole or absent. */
  writeFileAtomically(path: string, bytes: Uint8Array): void;
  /** @throws `EACCES`, `EROFS` … for a folder that is not writable. */
  proveWritable(path: string): void;
  /** Moves a file or folder within a volume, replacing the target; @throws `EXDEV` for another volume. */
  rename(from: string, to: string): void;
  /**
   * Gives a file a second name. @throws `EEXIST` for an existing name, `EXDEV` for another volume, `EPERM`, `ENOTSUP` …
   * without hard links.
   */
  link(from: string, to: string): void;
  /** Bytes free on the volume of `path`. */
  freeBytes(path: string): number;
  /** Opens or creates the database at `path`; several processes may have it open. */
  openDatabase(path: string): DiskDatabase;
  /** Reads the intact values of a damaged database, possibly none. @throws the errors of `readFile`. */
  salvageDatabase(path: string): readonly DatabaseEntry[];
  /** Starts a thread that creates files. */
  openMaker(): FileMaker;
  /** Starts a thread that runs a function of the disk. */
  openThread<Input, Output>(work: DiskWork<Input, Output>): DiskThread<Input, Output>;
}

/** Modes of {@link Disk.open}. All but `read` may write. */
export type DiskMode = "read" | "write" | "create" | "create-new";
