// Files that are recorded as links to data of another owner (`troupe match`): they are read like any other and are never
// written to. The gate is `OpenFiles.forWriting`, through which every write, cut and growth of a file goes. A file that is a
// symlink is read at the file that it leads to; every other call has the path of the link itself and follows no link.

import { dirname, join } from "node:path";
import type { Disk, FileStat, LazyMap } from "@troupe/actor-runtime";
import {
  decodeLinkedFiles,
  mostLinkBytes,
  RecordError,
  type LinkedFile,
  type LinkedFiles,
  type LinkedPlace,
  type StorageRefusal,
  type StoredFile,
} from "@troupe/messages";
import { refusalFrom } from "../refusals.ts";
import { removeIfEmpty } from "./empty-folders.ts";
import { type Folders, pathIn } from "./folders.ts";

/** Bytes that are compared at once. */
const compareBytes = 256 * 1024;
const noLinks: LinkedFiles = new Map();

/** A torrent whose files may be links. */
interface LinkedStorage {
  readonly files: readonly StoredFile[];
  readonly folders: Folders;
  readonly linked: LazyMap<number, LinkedFile>;
}

/**
 * Reads the records of linked files.
 *
 * @param paths Below the root; a later record goes before an earlier one.
 * @returns A refusal `links-unreadable` for a damaged record: without it a file could be written that is another's.
 */
export function readLinks(
  disk: Disk,
  root: string,
  paths: readonly string[] = [],
): LinkedFiles | StorageRefusal {
  let links = noLinks;
  for (const below of paths) {
    const path = join(root, below);
    try {
      const found = disk.stat(path);
      if (found === undefined) continue;
      if (found.kind !== "file" || found.lengthBytes > mostLinkBytes)
        return unreadable(path, `it is a ${found.kind} of ${found.lengthBytes} bytes`);
      const more = decodeLinkedFiles(disk.readFile(path));
      links = links.size === 0 ? more : new Map([...links, ...more]);
    } catch (error) {
      if (error instanceof RecordError) return unreadable(path, error.message);
      const refusal = refusalFrom(error, "read the record of linked files", path);
      // Nothing can lie below a name that is no folder.
      if (refusal.refused !== "ENOTDIR") return refusal;
    }
  }
  return links;
}

function unreadable(path: string, why: string): StorageRefusal {
  const message = `cannot read the record of linked files "${path}": ${why}; move it away if no file of this torrent is a link`;
  return { refused: "links-unreadable", message, path };
}

/**
 * Notes a file that is still the link of its record.
 *
 * @param absent Missing folders, as in `Folders.prove`.
 * @returns Whether it is.
 */
export function noteLinked(
  disk: Disk,
  storage: LinkedStorage,
  file: number,
  { links, absent }: { readonly links: LinkedFiles; readonly absent?: Set<string> },
): boolean {
  const link = links.get(file);
  if (link === undefined) return false;
  if (storage.folders.prove(pathOf(storage, file), absent) !== "there") return false;
  const path = pathIn(storage.folders, pathOf(storage, file));
  try {
    if (!isStill(disk, path, link, disk.stat(path))) return false;
  } catch (error) {
    // The look at the file that follows reports it.
    refusalFrom(error, "look at", path);
    return false;
  }
  storage.linked.set(file, link);
  return true;
}

function isStill(disk: Disk, path: string, link: LinkedFile, found: FileStat | undefined): boolean {
  if (link.way === "hard") return found?.kind === "file" && found.inode === link.inode;
  if (found?.kind !== "link") return false;
  try {
    return disk.realPath(path) === link.target;
  } catch (error) {
    // A link that leads nowhere stays a link: the torrent makes no file in its place.
    return refusalFrom(error, "follow", path).refused === "ENOENT";
  }
}

/** @returns The absolute path that a file is read at. */
export function readingPath(storage: LinkedStorage, file: number): string {
  const link = storage.linked.get(file);
  return link?.way === "symlink" ? link.target : pathIn(storage.folders, pathOf(storage, file));
}

function pathOf({ files }: LinkedStorage, file: number): readonly string[] {
  const found = files[file];
  if (found === undefined) throw new RangeError(`bug: the torrent has no file ${file}`);
  return found.path;
}

/** @returns The linked files, for other threads that read them. */
export function linkedPlaces({ linked }: LinkedStorage): LinkedPlace[] {
  return Array.from(linked, ([file, link]) =>
    link.way === "symlink" ? { file, readAt: link.target } : { file },
  );
}

/** @returns `linked-file-wrong` for a file that is a recorded link. */
export function wrongLinkRefusal(storage: LinkedStorage, file: number): StorageRefusal | undefined {
  if (!storage.linked.has(file)) return undefined;
  const path = pathIn(storage.folders, pathOf(storage, file));
  const message = `cannot write to "${path}": it is a link to a file of another owner, which has other bytes; replace the link by a copy, or remove it`;
  return { refused: "linked-file-wrong", message, path, file };
}

/** Whether a file was not written to because it has another name or is a link. */
export function isOfAnother({ refused }: StorageRefusal): boolean {
  return refused === "linked-file-wrong" || refused === "file-linked";
}

/** @returns Whether these bytes are in an open file already. */
export function haveBytes(
  disk: Disk,
  descriptor: number,
  views: readonly Uint8Array[],
  fileOffset: number,
): boolean {
  const buffer = new Uint8Array(compareBytes);
  let at = fileOffset;
  for (const view of views) {
    for (let from = 0; from < view.byteLength; from += compareBytes) {
      const wanted = view.subarray(from, from + compareBytes);
      const found = buffer.subarray(0, wanted.byteLength);
      if (disk.read(descriptor, [found], at) < wanted.byteLength) return false;
      if (Buffer.compare(found, wanted) !== 0) return false;
      at += wanted.byteLength;
    }
  }
  return true;
}

/** Removes the records of linked files, whose links are removed. */
export function removeLinks(disk: Disk, root: string, paths: readonly string[] = []): void {
  for (const below of paths) {
    const path = join(root, below);
    try {
      if (disk.stat(path)?.kind !== "file") continue;
      disk.remove(path);
      removeIfEmpty(disk, root, dirname(path));
    } catch (error) {
      // A record without its links says nothing.
      refusalFrom(error, "remove", path);
    }
  }
}
