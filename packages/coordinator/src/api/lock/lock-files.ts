// The lock file of a job, `<folder>/.troupe/<key>.lock`: an empty file with a lock of the system (file-locks.ts). Runs
// in the thread of a lock keeper: every call may wait for the disk.

import type { BigIntStats } from "node:fs";
import type { FileAccess } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { ownFolder } from "../../own-folder.ts";
import { temporaryName } from "../temporary-name.ts";
import { FileLocks, type FileLock } from "./file-locks.ts";

const fs = process.getBuiltinModule("node:fs");
const { basename, dirname, join, resolve } = process.getBuiltinModule("node:path");

/** A job that is locked; the object identifies its lock. */
export interface LockedJob {
  readonly key: TorrentKey;
  /** Absolute; need not exist. */
  readonly directory: string;
  /**
   * Makes a missing folder, and removes it with the lock if it is empty. False leaves an empty folder as it is, for a volume
   * that is not mounted.
   */
  readonly makesFolder: boolean;
  /** False: only looks up the real path. */
  readonly takesFile?: boolean;
}

/** A lock to take. */
export interface LockOrder extends Required<LockedJob> {
  /** A lock that is held under this number is taken again only if it lost its file. */
  readonly lock: number;
  /** Permissions of a folder that is made. */
  readonly access?: FileAccess | undefined;
}

/** The result of taking a lock. */
export interface LockTaken {
  /** Real path; of a missing folder that of its nearest parent, and the rest as written. */
  readonly folder: string;
  /**
   * `running`: another process or keeper holds the lock. `no-folder`: the folder is missing, or has to stay empty.
   * `impossible`: no file can be made or locked there.
   */
  readonly outcome: "held" | "running" | "no-folder" | "impossible";
  /** Whether something has the name of the folder; set when `takesFile` is false. */
  readonly isThere?: boolean;
  /** The folder's device; undefined without a thread. */
  readonly device?: bigint;
}

/** Argument of `chown` that leaves the owner. */
const sameOwner = -1;
/** Other processes may make or remove the file between attempts. */
const mostTries = 10;

/** Tells a file from a later file of the same name. */
type FileIdentity = Pick<BigIntStats, "ino" | "dev" | "birthtimeNs">;

interface LockedFile {
  readonly seen: FileIdentity;
  readonly fileLock: FileLock;
}

interface HeldLock extends LockedFile {
  readonly path: string;
  /** The outermost first. */
  readonly made: readonly string[];
}

/** The lock files that this thread holds. */
export class LockFiles {
  readonly #held = new Map<number, HeldLock>();
  readonly #fileLocks = new FileLocks();

  take({ lock, key, directory, makesFolder, takesFile, access }: LockOrder): LockTaken {
    const before = this.#held.get(lock);
    const made: string[] = [];
    let folder = realFolder(directory);
    try {
      if (!takesFile)
        return { folder, outcome: "impossible", isThere: look(directory) !== undefined };
      if (makesFolder && makeFolders(folder, made, access)) folder = realFolder(directory);
      if (!isFolder(folder) || (!makesFolder && isEmpty(folder))) {
        return { folder, outcome: "no-folder" };
      }
      const path = join(folder, ownFolder, `${key}.lock`);
      if (before !== undefined && isSameFile(look(path), before.seen)) {
        return { folder, outcome: "held" };
      }
      const locked = lockFile(this.#fileLocks, path);
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

  /** Removes the file while it is locked: afterwards it may be another process's. */
  release(lock: number): void {
    const held = this.#held.get(lock);
    if (held === undefined) return;
    this.#held.delete(lock);
    try {
      if (isSameFile(look(held.path), held.seen)) fs.unlinkSync(held.path);
    } catch {
      // A read-only folder, or Windows: the next run takes the same file.
    } finally {
      held.fileLock.release();
    }
    removeIfEmpty([...held.made, dirname(held.path)]);
  }
}

/** @throws system errors. */
function lockFile(locks: FileLocks, path: string): LockedFile | "running" | "impossible" {
  for (let attempt = 0; attempt < mostTries; attempt += 1) {
    const found = look(path);
    if (found === undefined) {
      makeLockFile(path);
      continue;
    }
    // Lock files are empty files, no links.
    if (!found.isFile() || found.size > 0n) return "impossible";
    const { ino, dev, birthtimeNs } = found;
    const seen = { ino, dev, birthtimeNs };
    const fileLock = locks.lock(path, dev);
    // A file that was removed before it was locked protects nothing.
    const isStill = isSameFile(look(path), seen);
    if (isStill && typeof fileLock === "object") return { seen, fileLock };
    if (typeof fileLock === "object") fileLock.release();
    else if (isStill)
      return fileLock === "running" && canLock(locks, path, dev) ? "running" : "impossible";
  }
  return "impossible";
}

/** A file system without locks (NFS without its lock service) reports every file as locked. */
function canLock(locks: FileLocks, path: string, device: bigint): boolean {
  const probe = temporaryName(path);
  try {
    makeEmptyFile(probe);
  } catch {
    // Read-only for this user: no probe is possible.
    return true;
  }
  const fileLock = locks.lock(probe, device);
  fs.unlinkSync(probe);
  if (typeof fileLock === "object") fileLock.release();
  return fileLock !== "running";
}

/** Every user may open the file. */
function makeLockFile(path: string): void {
  makeOwnFolder(dirname(path));
  const temporary = temporaryName(path);
  try {
    // Made under another name: closing a file drops this process's locks on it.
    makeEmptyFile(temporary);
    fs.linkSync(temporary, path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // Another process was faster: look again.
    if (code === "ENOENT" || code === "EEXIST") return;
    if (look(temporary) === undefined) throw error;
    // No links here (exFAT, some network file systems), and as a rule no permissions.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    new DatabaseSync(path).close();
  } finally {
    try {
      fs.unlinkSync(temporary);
    } catch {
      // Not made, or gone.
    }
  }
}

/** Makes the folder with the permissions of its parent: all its users must be able to take the lock. */
function makeOwnFolder(folder: string): void {
  try {
    fs.mkdirSync(folder);
    fs.chmodSync(folder, fs.statSync(dirname(folder)).mode & 0o3777);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    if (!fs.lstatSync(folder).isDirectory()) throw error;
  }
}

/** The mode does not depend on the process's mask. */
function makeEmptyFile(path: string): void {
  const file = fs.openSync(path, "wx", 0o666);
  try {
    fs.fchmodSync(file, 0o666);
  } finally {
    fs.closeSync(file);
  }
}

/** @param made Gets the new folders. @returns Whether there are any. */
function makeFolders(folder: string, made: string[], access: FileAccess = {}): boolean {
  if (isFolder(folder) || folder === dirname(folder)) return false;
  makeFolders(dirname(folder), made, access);
  fs.mkdirSync(folder);
  made.push(folder);
  const { folderMode, group } = access;
  // The mode is set last: a change of the group may clear bits of it.
  if (group !== undefined) fs.chownSync(folder, sameOwner, group);
  if (folderMode !== undefined) fs.chmodSync(folder, folderMode);
  return true;
}

/** @param folders The outermost first. */
function removeIfEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders.toReversed()) fs.rmdirSync(folder);
  } catch {
    // Not empty, or gone.
  }
}

function look(path: string): BigIntStats | undefined {
  return fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
}

/** Inode numbers are reused; times of birth are not. */
function isSameFile(found: BigIntStats | undefined, seen: FileIdentity): boolean {
  const { ino, dev, birthtimeNs } = seen;
  return found?.ino === ino && found.dev === dev && found.birthtimeNs === birthtimeNs;
}

function isFolder(path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isEmpty(folder: string): boolean {
  const entries = fs.opendirSync(folder);
  try {
    return entries.readSync() === null;
  } finally {
    entries.closeSync();
  }
}

function realFolder(directory: string): string {
  const folder = resolve(directory);
  try {
    return fs.realpathSync.native(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(realFolder(parent), basename(folder));
  }
}
