import type { SalvagedDatabase, DiskDatabase } from "./database.ts";

/** Metadata of an entry. */
export interface FileStat {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly lengthBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  /** Last change of the content. Any user can set it. */
  readonly mtimeNs: bigint;
  /** Last change of content, names, owner or mode. No user can set it. */
  readonly ctimeNs: bigint;
  /** Hard links. */
  readonly linkCount: number;
  /** Permission bits, `0o777` and below. */
  readonly mode: number;
}

/** Synchronous calls with absolute paths, for disk threads. They throw Node's system errors (`code: "ENOSPC"` …). */
export interface Disk {
  /**
   * Follows no link at the last step; `create` creates the file (never its folders), `create-new` throws `EEXIST` for
   * an existing name.
   */
  open(path: string, mode: DiskMode): number;
  /** {@link open} with the file's metadata, for one system call less than a {@link statFile} after it. */
  openWithStat(path: string, mode: DiskMode): OpenedFile;
  close(file: number): void;
  /** Scatter read at `position`; @returns bytes read, fewer only at the end of the file. */
  read(file: number, views: readonly Uint8Array[], position: number): number;
  /** Gather write of all bytes at `position`. */
  write(file: number, views: readonly Uint8Array[], position: number): void;
  /** Cuts, or grows with a hole. */
  truncate(file: number, lengthBytes: number): void;
  /** fdatasync. */
  sync(file: number): void;
  /** @param of An open file, or the path of a folder; a link at its last step is refused. */
  setAccess(of: number | string, access: Access): void;
  /**
   * fdatasync in another thread: earlier writes are durable when `done` is called without an error. Each calling thread
   * has a sync thread, because the process shares its small system pool.
   */
  syncLater(path: string, done: SyncDone): void;
  statFile(file: number): FileStat;
  /** lstat. Undefined when nothing exists. */
  stat(path: string): FileStat | undefined;
  /** With its parents. */
  makeFolder(path: string): void;
  /** Makes names durable, where the system can. */
  syncFolder(path: string): void;
  /** @throws ENOENT */
  realPath(path: string): string;
  remove(path: string): void;
  readFile(path: string): Uint8Array;
  /** Writes to a temporary neighbour, syncs, renames: the file is whole or absent. */
  writeFileAtomically(path: string, bytes: Uint8Array): void;
  /** @throws `EACCES`, `EROFS` … */
  proveWritable(path: string): void;
  /** Within a volume, replacing the target; @throws `EXDEV` for another volume. */
  rename(from: string, to: string): void;
  /** Adds a hard link. @throws `EEXIST` for an existing name, `EXDEV` for another volume, `EPERM`, `ENOTSUP` … */
  link(from: string, to: string): void;
  /** Makes a symbolic link. @throws `EEXIST` for an existing name, `EPERM`, `ENOTSUP` … */
  symlink(target: string, path: string): void;
  /** @returns The target of a symbolic link, as it is written. @throws `EINVAL` for anything else. */
  readLink(path: string): string;
  /** On the volume of `path`. */
  freeBytes(path: string): number;
  /** Opens or creates it; several processes may have it open. */
  openDatabase(path: string): DiskDatabase;
  /** The intact values of a damaged database. @throws the errors of `readFile`. */
  salvageDatabase(path: string): SalvagedDatabase;
  openThread<Input, Output>(work: DiskWork<Input, Output>): DiskThread<Input, Output>;
}

/** Permission bits and the number of a group. An absent value changes nothing. */
export interface Access {
  readonly mode?: number | undefined;
  readonly group?: number | undefined;
}

/** The end of a sync: an error, or the metadata of the synced file after it. */
export type SyncDone = (error: unknown, found?: FileStat) => void;

/** An open file and its metadata at the open. */
export interface OpenedFile {
  readonly file: number;
  readonly found: FileStat;
}

/** All modes but `read` may write. */
export type DiskMode = "read" | "write" | "create" | "create-new";

/** A disk function for a thread. Input and output are plain data. */
export interface DiskWork<Input, Output> {
  /** Shown to users: `move files`. */
  readonly operation: string;
  /** Exports {@link run} as `run`; from `siblingUrl`: an entry point of the bundle. */
  readonly module: URL;
  readonly run: (disk: Disk, input: Input) => Output;
}

/** A thread for disk calls that may take long. */
export interface DiskThread<Input, Output> {
  /**
   * Runs the function, one call at a time.
   * @throws rejects with the function's error, as an ActorError with its code; `disk-not-answering` when a disk call
   *   takes 30 s; `actor-exited` when the thread ends before its answer. After the last two no code runs any more.
   */
  run(input: Input): Promise<Output>;
  /**
   * Ends the thread, even during its work. A disk call must return first, also for the thread that started it. Resolves
   * when the thread has ended.
   */
  close(): Promise<void>;
}
