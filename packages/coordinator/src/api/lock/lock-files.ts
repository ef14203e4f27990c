// The lock file of a job, `<folder>/.troupe/<info-hash>.lock`: an empty SQLite database with a transaction that is never
// committed. Its lock belongs to the inode, so it holds between users, containers and mounts, and it ends with the
// process. For the thread of a lock keeper: every call here may wait for the disk.

import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { ownFolder } from "../../own-folder.ts";

const {
  chmodSync,
  closeSync,
  fchmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  realpathSync,
  rmdirSync,
  statSync,
  unlinkSync,
} = process.getBuiltinModule("node:fs");
const { basename, dirname, join, resolve } = process.getBuiltinModule("node:path");
const { pathToFileURL } = process.getBuiltinModule("node:url");

/** A lock to take. */
export interface LockOrder {
  /** Number of the lock with its owner. One that is held under it is looked at, and taken anew if it lost its file. */
  readonly lock: number;
  /** False: only looks for the real path. */
  readonly takesFile: boolean;
  /** 40 hex digits. */
  readonly infoHash: string;
  /** Absolute; need not exist. */
  readonly directory: string;
  /**
   * Makes the folder when it does not exist; it is removed with the lock if it is empty then. False: a folder that is
   * empty is left so, because it may be the place of a volume that is away.
   */
  readonly makesFolder: boolean;
}

/** How the taking of a lock ended. */
export interface LockTaken {
  /** Real path of the job's folder. Of one that does not exist: of its nearest parent, and the rest as written. */
  readonly folder: string;
  /**
   * `held`; `running`: another process, or another keeper of this one, holds it; `no-folder`: the job's folder does not
   * exist, or is empty and to be left so; `impossible`: no file can be made or locked there.
   */
  readonly outcome: "held" | "running" | "no-folder" | "impossible";
  /** The folder's device, as the lock's thread saw it afterwards. Undefined: there was no thread. */
  readonly device?: bigint;
}

/** Tries of a lock whose file is removed or made by others meanwhile. */
const mostTries = 10;
/** Two that take a lock at the same moment both see it taken for an instant. */
const busyTimeoutMs = 100;
const busyCode = 5;
/** Small pages and no cache: 72 KiB a lock instead of 158 (measured). The write takes the lock also of a reader. */
const lockStatements = `
  PRAGMA page_size=512; PRAGMA cache_size=0; PRAGMA journal_mode=MEMORY;
  BEGIN EXCLUSIVE; PRAGMA user_version=1`;

interface HeldLock {
  readonly path: string;
  readonly seen: BigIntStats;
  readonly connection: DatabaseSync;
  /** Folders that were made for it, the outermost first. */
  readonly made: readonly string[];
}

/** The lock files that this thread holds. */
export class LockFiles {
  readonly #held = new Map<number, HeldLock>();

  take({ lock, infoHash, directory, makesFolder, takesFile }: LockOrder): LockTaken {
    const before = this.#held.get(lock);
    const made: string[] = [];
    let folder = realFolder(directory);
    try {
      if (!takesFile) return { folder, outcome: "impossible" };
      if (makesFolder && makeFolders(folder, made)) folder = realFolder(directory);
      if (!isFolder(folder) || (!makesFolder && isEmpty(folder))) {
        return { folder, outcome: "no-folder" };
      }
      const path = join(folder, ownFolder, `${infoHash}.lock`);
      if (before !== undefined && isSameFile(look(path), before.seen)) {
        return { folder, outcome: "held" };
      }
      const locked = lockFile(path);
      if (locked === "impossible") removeIfEmpty([...made, dirname(path)]);
      else this.release(lock);
      if (typeof locked === "string") return { folder, outcome: locked };
      this.#held.set(lock, { path, made, ...locked });
      return { folder, outcome: "held" };
    } catch {
      removeIfEmpty([...made, join(folder, ownFolder)]);
      return { folder, outcome: "impossible" };
    }
  }

  /** Removes the file, then lets go of it. */
  release(lock: number): void {
    const held = this.#held.get(lock);
    if (held === undefined) return;
    this.#held.delete(lock);
    try {
      // Only while it is held: it may be another's after that.
      if (isSameFile(look(held.path), held.seen)) unlinkSync(held.path);
    } catch {
      // A folder that is read-only by now, or Windows: the next run takes the file that is there.
    } finally {
      held.connection.close();
    }
    removeIfEmpty([...held.made, dirname(held.path)]);
  }
}

/** Takes the lock of the file at `path`, which is made when it is missing. @throws system errors. */
function lockFile(
  path: string,
): { readonly seen: BigIntStats; readonly connection: DatabaseSync } | "running" | "impossible" {
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const seen = look(path);
    if (seen === undefined) {
      makeLockFile(path);
      continue;
    }
    // Ours are empty. A database, or a link to one, is not.
    if (!seen.isFile() || seen.size > 0n) return "impossible";
    const connection = connect(path);
    // A file that was removed between the look and the lock protects nothing: the path must still lead to the same one.
    const isStill = isSameFile(look(path), seen);
    if (isStill && typeof connection === "object") return { seen, connection };
    if (typeof connection === "object") connection.close();
    else if (isStill) return connection === "running" && canLock(path) ? "running" : "impossible";
  }
  return "impossible";
}

function connect(path: string): DatabaseSync | "running" | "impossible" {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  const url = pathToFileURL(path);
  // Never made here: it would get permissions that keep other users from taking the lock.
  url.search = "?mode=rw";
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(url, { timeout: busyTimeoutMs });
    connection.exec(lockStatements);
    return connection;
  } catch (error) {
    connection?.close();
    return (error as { errcode?: unknown }).errcode === busyCode ? "running" : "impossible";
  }
}

/** A file system without locks (NFS without its lock service) says of every file that it is locked. */
function canLock(path: string): boolean {
  const probe = temporaryName(path);
  try {
    makeEmptyFile(probe);
  } catch {
    // Read-only for this user: the answer stands.
    return true;
  }
  const connection = connect(probe);
  unlinkSync(probe);
  if (typeof connection === "object") connection.close();
  return connection !== "running";
}

/** Every user may open it: the lock is for all. */
function makeLockFile(path: string): void {
  makeOwnFolder(dirname(path));
  const temporary = temporaryName(path);
  try {
    // Under another name first: closing a file drops the locks that this process has on it.
    makeEmptyFile(temporary);
    linkSync(temporary, path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // Removed with its folder by another that ended, or made by another that starts: look again.
    if (code === "ENOENT" || code === "EEXIST") return;
    if (look(temporary) === undefined) throw error;
    // No links here (exFAT, some network file systems), and as a rule no permissions.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    new DatabaseSync(path).close();
  } finally {
    removeFile(temporary);
  }
}

/** As open as the folder around it: whoever writes there must be able to take the lock. */
function makeOwnFolder(folder: string): void {
  try {
    mkdirSync(folder);
    chmodSync(folder, statSync(dirname(folder)).mode & 0o3777);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    if (!lstatSync(folder).isDirectory()) throw error;
  }
}

function makeEmptyFile(path: string): void {
  const file = openSync(path, "wx", 0o666);
  try {
    // Whatever the process's mask says.
    fchmodSync(file, 0o666);
  } finally {
    closeSync(file);
  }
}

/** Makes the folder and those above it. @param made Those that were made are added. @returns Whether there are any. */
function makeFolders(folder: string, made: string[]): boolean {
  const missing: string[] = [];
  for (let path = folder; !isFolder(path); path = dirname(path)) {
    if (path === dirname(path)) break;
    missing.unshift(path);
  }
  for (const path of missing) {
    mkdirSync(path);
    made.push(path);
  }
  return made.length > 0;
}

/** @param folders The outermost first. What is not empty stays. */
function removeIfEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders.toReversed()) rmdirSync(folder);
  } catch {
    // Not empty, or gone.
  }
}

function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was not made, or is gone.
  }
}

function temporaryName(path: string): string {
  // Of `node:crypto` the loading alone takes 2 ms. The name is opened as a new one, or not at all.
  return `${path}-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`;
}

function look(path: string): BigIntStats | undefined {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** The number of an inode is given again; its time of birth tells the two apart. */
function isSameFile(found: BigIntStats | undefined, seen: BigIntStats): boolean {
  return (
    found !== undefined &&
    found.ino === seen.ino &&
    found.dev === seen.dev &&
    found.birthtimeNs === seen.birthtimeNs
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isEmpty(folder: string): boolean {
  const entries = opendirSync(folder);
  try {
    return entries.readSync() === null;
  } finally {
    entries.closeSync();
  }
}

/** The folder without links; of one that does not exist, its nearest parent that does, and the rest as written. */
function realFolder(directory: string): string {
  const folder = resolve(directory);
  try {
    return realpathSync.native(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(realFolder(parent), basename(folder));
  }
}
