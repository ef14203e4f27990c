// The real disk, by synchronous calls: asynchronous ones share one small thread pool per process, where a few stuck
// reads stop every file and every name of every thread. Disk threads only.

import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  readvSync,
  realpathSync,
  rmdirSync,
  statfsSync,
  unlinkSync,
  writeSync,
  writevSync,
} from "node:fs";
import type { BigIntStats } from "node:fs";

import type { Disk, FileStat } from "../context.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { errorCode, systemError } from "./system-error.ts";

/** Buffers in one scatter or gather call; Linux refuses more (`IOV_MAX`). */
const mostViews = 1024;

/** Absent on Windows: there a link is looked for before the file is opened. */
const noFollow = constants.O_NOFOLLOW as number | undefined;

/** Keeps the open of a FIFO from waiting for its other end. It changes nothing for a file. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

const openFlags = {
  read: constants.O_RDONLY,
  write: constants.O_RDWR,
  create: constants.O_RDWR | constants.O_CREAT,
} as const;

/**
 * The real {@link Disk}. Files opened for writing can be read too.
 *
 * @throws Node's system errors. Of our own making are `EISDIR` and `EFTYPE` from `open` and `readFile`, for what is
 *   neither a file nor a folder (FIFO, device, socket), and `ELOOP` for a link where the system cannot refuse it.
 */
export const nodeDisk: Disk = {
  open(path, mode) {
    if (noFollow === undefined) refuseLink(path);
    return openRegular(path, openFlags[mode] | (noFollow ?? 0));
  },
  close: closeSync,
  read: readViews,
  write: writeViews,
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  statFile: (file) => fileStat(fstatSync(file, { bigint: true })),
  stat,
  makeFolder(path) {
    mkdirSync(path, { recursive: true });
  },
  realPath: (path) => realpathSync.native(path),
  remove(path) {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
  },
  readFile,
  writeFileAtomically,
  freeBytes(path) {
    const volume = statfsSync(path, { bigint: true });
    return Number(volume.bavail * volume.bsize);
  },
};

/** Opens what must turn out to be a file; anything else is closed again without having blocked. */
function openRegular(path: string, flags: number): number {
  const file = openSync(path, flags | nonBlocking, 0o666);
  const found = fstatSync(file);
  if (found.isFile()) return file;
  closeSync(file);
  if (found.isDirectory()) throw systemError("EISDIR", `cannot open "${path}": it is a folder`);
  throw systemError("EFTYPE", `cannot open "${path}": it is neither a file nor a folder`);
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
    const [only] = rest;
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
  let done = 0;
  let rest = views;
  for (;;) {
    const [only] = rest;
    if (only === undefined) return;
    const put =
      rest.length === 1
        ? writeSync(file, only, 0, only.byteLength, position + done)
        : writevSync(file, oneCall(rest), position + done);
    done += put;
    rest = viewsAfter(rest, put);
    if (put === 0 && rest.length > 0) {
      throw systemError("EIO", `cannot write at ${position + done}: the system takes no bytes`);
    }
  }
}

function oneCall(views: readonly Uint8Array[]): readonly Uint8Array[] {
  return views.length <= mostViews ? views : views.slice(0, mostViews);
}

/** What is left of `views` once their first `bytes` are done. Empty views in front are done too. */
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
    // A file stands where a folder of the path would be: there is nothing here either.
    if (errorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function fileStat(found: BigIntStats): FileStat {
  return {
    kind: kindOf(found),
    lengthBytes: Number(found.size),
    device: found.dev,
    inode: found.ino,
    mtimeNs: found.mtimeNs,
  };
}

function kindOf(found: BigIntStats): FileStat["kind"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isSymbolicLink()) return "link";
  return "other";
}

/** Follows links: the path is one that the user or the program itself has named. */
function readFile(path: string): Uint8Array {
  const file = openRegular(path, constants.O_RDONLY);
  try {
    // Memory of its own, so that it may be posted to another thread.
    const bytes = new Uint8Array(fstatSync(file).size);
    const got = readViews(file, [bytes], 0);
    return got === bytes.byteLength ? bytes : bytes.slice(0, got);
  } finally {
    closeSync(file);
  }
}
