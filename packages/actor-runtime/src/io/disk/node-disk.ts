// Synchronous, because asynchronous calls share one small thread pool per process, where a few stuck reads stop every
// file and every name of every thread.

import { dirname } from "node:path";

import type { Access, Disk, DiskMode, FileStat } from "../../ports/disk.ts";
import { syncFolder, writeFileAtomically } from "./atomic-file.ts";
import { openDiskThread } from "../threads/disk-thread.ts";
import { openDatabase, salvageDatabase } from "./node-database.ts";
import { fileStat } from "./file-stat.ts";
import { noFollow, openRegularFile } from "./open-regular-file.ts";
import { WriteCallSize } from "./write-call-size.ts";
import { SyncThread } from "../threads/sync-thread.ts";
import { codeOf, systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

const {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  linkSync,
  readlinkSync,
  symlinkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readvSync,
  realpathSync,
  renameSync,
  rmdirSync,
  statSync,
  statfsSync,
  unlinkSync,
  writeSync,
  writevSync,
} = systemModule("node:fs");

/** Argument of `fchown` that leaves the owner. */
const sameOwner = -1;
/** Linux refuses more buffers in a call (`IOV_MAX`). */
const mostViews = 1024;

/** Per calling thread. */
const callSize = new WriteCallSize();

const openFlags = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT,
  "create-new": constants.O_RDWR | constants.O_CREAT | constants.O_EXCL,
} as const;

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * The real {@link Disk}. Files opened for writing are readable.
 * @throws Node's system errors, and our `EISDIR` and `EFTYPE` from `open` and `readFile` for anything but a file (FIFO,
 *   device, socket), and `ELOOP` for a link where the system cannot refuse it.
 */
export const nodeDisk: Disk = {
  open: (path, mode) =>
    // A new file is a regular file.
    mode === "create-new" ? openSync(path, openFlags[mode], 0o666) : openFile(path, mode).file,
  openWithStat(path, mode) {
    const { file, found } = openFile(path, mode);
    return { file, found: fileStat(found) };
  },
  close: closeSync,
  read: readViews,
  write: writeViews,
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  setAccess,
  syncLater: (path, done) => syncThread.sync(path, done),
  statFile: (file) => fileStat(fstatSync(file, { bigint: true })),
  stat,
  makeFolder,
  syncFolder,
  realPath: (path) => realpathSync.native(path),
  remove(path) {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
  },
  readFile,
  writeFileAtomically,
  proveWritable: (path) => accessSync(path, constants.W_OK | constants.X_OK),
  rename: renameSync,
  link: linkSync,
  symlink: (target, path) => symlinkSync(target, path),
  readLink: (path) => readlinkSync(path),
  freeBytes(path) {
    const volume = statfsSync(path, { bigint: true });
    return Number(volume.bavail * volume.bsize);
  },
  openDatabase,
  salvageDatabase,
  openThread: openDiskThread,
};

/** Per calling thread. */
const syncThread = new SyncThread();

function openFile(path: string, mode: DiskMode): ReturnType<typeof openRegularFile> {
  if (noFollow === undefined) refuseLink(path);
  return openRegularFile(path, openFlags[mode] | (noFollow ?? 0));
}

/** Node's recursive call never returns where the system denies an existing parent (`/proc`). */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST" && statSync(path).isDirectory()) return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path || existsSync(parent)) throw error;
    makeFolder(parent);
    mkdirSync(path);
  }
}

function setAccess(of: number | string, { mode, group }: Access): void {
  if (typeof of === "string") {
    const folder = openSync(of, folderFlags);
    try {
      return setAccess(folder, { mode, group });
    } finally {
      closeSync(folder);
    }
  }
  // The mode is set last: a change of the group may clear bits of it.
  if (group !== undefined) fchownSync(of, sameOwner, group);
  if (mode !== undefined) fchmodSync(of, mode);
}

function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    throw systemError("ELOOP", `cannot open "${path}": it is a link`);
  }
}

function readViews(file: number, views: readonly Uint8Array[], position: number): number {
  let done = 0;
  let rest = views;
  for (;;) {
    const only = rest[0];
    if (only === undefined) return done;
    const got =
      rest.length === 1
        ? readSync(file, only, 0, only.byteLength, position + done)
        : readvSync(file, oneCall(rest), position + done);
    done += got;
    rest = viewsAfter(rest, got);
    if (got === 0 && rest.length > 0) return done;
  }
}

function writeViews(file: number, views: readonly Uint8Array[], position: number): void {
  let left = views.reduce((sum, view) => sum + view.byteLength, 0);
  let at = position;
  let from = 0;
  while (from < views.length) {
    const until = endOfCall(views, from, callSize.next(left));
    const put =
      until === from + 1
        ? writeWhole(file, views[from], at)
        : writeGathered(file, views.slice(from, until), at);
    at += put;
    left -= put;
    from = until;
  }
}

function endOfCall(views: readonly Uint8Array[], from: number, callBytes: number): number {
  let bytes = views[from]?.byteLength ?? 0;
  let until = from + 1;
  for (; until < views.length && until - from < mostViews; until += 1) {
    bytes += views[until]?.byteLength ?? 0;
    if (bytes > callBytes) break;
  }
  return until;
}

/** @returns its length. */
function writeWhole(file: number, view: Uint8Array | undefined, position: number): number {
  const length = view?.byteLength ?? 0;
  let done = 0;
  while (view !== undefined && done < length) {
    const beganMs = performance.now();
    const put = writeSync(file, view, done, callSize.next(length - done), position + done);
    callSize.took(put, performance.now() - beganMs);
    if (put === 0) throw nothingTaken(position + done);
    done += put;
  }
  return length;
}

/** Short views in one call, the rest singly. @returns their length. */
function writeGathered(file: number, views: readonly Uint8Array[], position: number): number {
  const beganMs = performance.now();
  let done = writevSync(file, views, position);
  callSize.took(done, performance.now() - beganMs);
  for (const view of viewsAfter(views, done)) done += writeWhole(file, view, position + done);
  return done;
}

function nothingTaken(position: number): Error {
  return systemError("EIO", `cannot write at ${position}: the system takes no bytes`);
}

function oneCall(views: readonly Uint8Array[]): readonly Uint8Array[] {
  return views.length <= mostViews ? views : views.slice(0, mostViews);
}

/** The rest after `bytes`, without empty views in front. */
function viewsAfter(views: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  for (let index = 0; index < views.length; index += 1) {
    const length = views[index]?.byteLength ?? 0;
    if (left < length) {
      const [first, ...others] = views.slice(index);
      return first === undefined ? [] : [first.subarray(left), ...others];
    }
    left -= length;
  }
  return [];
}

function stat(path: string): FileStat | undefined {
  try {
    const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? undefined : fileStat(found);
  } catch (error) {
    // A parent is a file: nothing exists here.
    if (codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Follows links: the user or the program named the path. */
function readFile(path: string): Uint8Array {
  const { file, found } = openRegularFile(path, constants.O_RDONLY);
  try {
    // Own memory, for posts.
    const bytes = new Uint8Array(Number(found.size));
    const got = readViews(file, [bytes], 0);
    return got === bytes.byteLength ? bytes : bytes.slice(0, got);
  } finally {
    closeSync(file);
  }
}
