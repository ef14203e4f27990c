// Calls on a watch folder. They may hang, as on a network disk that is away, so a thread of the folder makes them.

import { parseMagnet } from "@troupe/protocol/magnet";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { ProtocolError } from "@troupe/protocol/errors";
import { isSame, type FileFacts } from "./watched-file.ts";

const fs = process.getBuiltinModule("node:fs");
const { join } = process.getBuiltinModule("node:path");

/** Files of a scan. Those beyond are looked at when others are gone, and a warning says so. */
const mostWatchedFiles = 10_000;
/** A longer file is no .torrent. */
const mostTorrentBytes = 32 * 1_024 ** 2;
/** A longer file is no magnet link. */
const mostMagnetBytes = 64 * 1_024;
/** Names that are taken, in a folder of files that were added before. */
const mostNumbers = 10_000;
const watchedName = /^[^.].*\.(?:torrent|magnet)$/is;

/** A call on a folder, as its thread gets it. */
export type FolderCall =
  | { readonly call: "scan"; readonly folder: string }
  | { readonly call: "read"; readonly folder: string; readonly facts: FileFacts }
  | ({ readonly call: "finish"; readonly folder: string; readonly facts: FileFacts } & FinishAct);

/** The way to put a file away whose torrent was added. */
export type FinishAct =
  | { readonly act: "delete" }
  | { readonly act: "rename" }
  | { readonly act: "move"; readonly to: string };

/** The files of a folder. */
export interface FolderScan {
  readonly files: readonly FileFacts[];
  /** There are more. */
  readonly isCut: boolean;
}

/** The content of a file: a torrent, or a reason why there is none. `changed`: it is another file than that of the scan. */
export type FileContent =
  | { readonly kind: "torrent"; readonly bytes: Uint8Array }
  | { readonly kind: "magnet"; readonly link: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "changed" };

/** Files of a folder with the names of torrents and magnet links, but for hidden ones. @throws a system error */
export function scanFolder(folder: string): FolderScan {
  const files: FileFacts[] = [];
  const entries = fs.opendirSync(folder);
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      const { name } = entry;
      if (!watchedName.test(name)) continue;
      if (files.length >= mostWatchedFiles) return { files, isCut: true };
      const stat = fs.lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false });
      if (stat !== undefined) files.push(factsOf(name, stat));
    }
  } finally {
    entries.closeSync();
  }
  return { files, isCut: false };
}

/**
 * Reads a file that is still that of the scan. A FIFO does not hold the thread up, and a link does not lead it elsewhere.
 *
 * @throws a system error
 */
export function readWatched(folder: string, facts: FileFacts): FileContent {
  if (!facts.isRegular) return { kind: "refused", reason: "it is no regular file" };
  const isMagnet = /\.magnet$/i.test(facts.name);
  const most = isMagnet ? mostMagnetBytes : mostTorrentBytes;
  if (facts.sizeBytes > most)
    return { kind: "refused", reason: `it has ${facts.sizeBytes} bytes; ${most} are allowed` };
  const file = fs.openSync(join(folder, facts.name), openFlags);
  try {
    const isScanned = (): boolean =>
      isSame(facts, factsOf(facts.name, fs.fstatSync(file, { bigint: true })));
    if (!isScanned()) return { kind: "changed" };
    const bytes = new Uint8Array(facts.sizeBytes);
    const read = readWhole(file, bytes);
    if (read < bytes.length || !isScanned()) return { kind: "changed" };
    return isMagnet ? magnetIn(bytes) : torrentIn(bytes);
  } finally {
    fs.closeSync(file);
  }
}

/** Puts a file away whose torrent was added. A file that has its name now stays. @throws a system error */
export function finishFile(folder: string, facts: FileFacts, act: FinishAct): void {
  const path = join(folder, facts.name);
  const stat = fs.lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined || !isSame(facts, factsOf(facts.name, stat))) return;
  switch (act.act) {
    case "delete":
      return fs.unlinkSync(path);
    case "rename":
      return fs.renameSync(path, freePath(`${path}.added`));
    case "move":
      return moveFile(path, freePath(join(act.to, facts.name)));
  }
}

/** Some systems lack a flag: its value is undefined there. */
const openFlags =
  fs.constants.O_RDONLY |
  ((fs.constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((fs.constants.O_NONBLOCK as number | undefined) ?? 0);

function factsOf(name: string, stat: import("node:fs").BigIntStats): FileFacts {
  return {
    name,
    isRegular: stat.isFile(),
    sizeBytes: Number(stat.size),
    inode: String(stat.ino),
    modifiedNs: String(stat.mtimeNs),
    changedNs: String(stat.ctimeNs),
  };
}

function readWhole(file: number, bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const read = fs.readSync(file, bytes, at, bytes.length - at, at);
    if (read === 0) break;
    at += read;
  }
  return at;
}

function torrentIn(bytes: Uint8Array): FileContent {
  return judged(() => {
    parseTorrent(bytes);
    return { kind: "torrent", bytes };
  });
}

function magnetIn(bytes: Uint8Array): FileContent {
  const link = new TextDecoder().decode(bytes).trim();
  return judged(() => {
    parseMagnet(link);
    return { kind: "magnet", link };
  });
}

function judged(read: () => FileContent): FileContent {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) return { kind: "refused", reason: error.message };
    throw error;
  }
}

/** The path, or the first one with a number behind it that is free. @throws a system error */
function freePath(path: string): string {
  for (let number = 0; number < mostNumbers; number++) {
    const free = number === 0 ? path : `${path}.${number}`;
    if (fs.lstatSync(free, { throwIfNoEntry: false }) === undefined) return free;
  }
  throw Object.assign(new Error(`${path} and ${mostNumbers} names like it are taken`), {
    code: "EEXIST",
  });
}

/** Moves a file. One that goes to another file system is copied. */
function moveFile(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EXDEV") throw error;
    fs.copyFileSync(from, to, fs.constants.COPYFILE_EXCL);
    fs.unlinkSync(from);
  }
}
