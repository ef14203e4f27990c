// Symbolic links of a torrent (BEP 47). A link leads to a file or folder of the torrent by a relative path, never through
// another link, and takes no name that exists. Nothing is ever written through it.

import { sep } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import type { Symlink, StorageRefusal } from "@troupe/messages";
import { isRefusal, refusalFrom, systemCode } from "../refusals.ts";
import { pathIn, type Folders } from "./folders.ts";
import type { PlacedFiles } from "./file-places.ts";
import type { Storage } from "../storage.ts";

/** Codes of systems and file systems without links or without links of this length, and of users who may not make one. */
const noLinkCodes: ReadonlySet<string> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "ENAMETOOLONG",
]);
/** Refusals of a folder in whose place a link or a file lies. */
const occupiedCodes: ReadonlySet<string> = new Set(["path-outside-root", "ENOTDIR"]);

/** A torrent with links. */
type LinkedFiles = Pick<PlacedFiles, "files" | "folders">;

/** A link as it lies on the disk: both paths are below the root. */
interface PlacedLink {
  readonly path: readonly string[];
  readonly target: readonly string[];
  /** The content of the link, relative to its folder. */
  readonly text: string;
}

/**
 * Makes a link, unless something has its name, its target is not on the disk, or a link, a file or a device lies in the way of
 * either.
 *
 * @param makeFile Makes an empty file in its place, on a system without links.
 * @returns The disk's refusal.
 */
export function makeLink(
  disk: Disk,
  storage: LinkedFiles & Pick<Storage, "unfinished">,
  link: Symlink,
  makeFile: () => StorageRefusal | undefined,
): StorageRefusal | undefined {
  // The target has another name later.
  if (storage.unfinished.has(link.target)) return undefined;
  const placed = placedLink(storage, link);
  if (placed === undefined || !isTargetThere(disk, storage.folders, placed.target))
    return undefined;
  const folder = storage.folders.make(placed.path);
  if (folder !== undefined) return occupiedCodes.has(folder.refused) ? undefined : folder;
  const path = pathIn(storage.folders, placed.path);
  try {
    if (disk.stat(path) === undefined) disk.symlink(placed.text, path);
    return undefined;
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (code === "EEXIST") return undefined;
    if (noLinkCodes.has(code)) return makeFile();
    return refusalFrom(error, "make the link", path);
  }
}

/** Removes a link that leads where the torrent says. Every other thing at its place stays. @returns Whether it was there. */
export function removeLink(disk: Disk, storage: LinkedFiles, link: Symlink): boolean {
  const placed = placedLink(storage, link);
  if (placed === undefined || storage.folders.prove(placed.path) !== "there") return false;
  const path = pathIn(storage.folders, placed.path);
  try {
    if (disk.stat(path)?.kind !== "link" || disk.readLink(path) !== placed.text) return false;
    disk.remove(path);
    return true;
  } catch (error) {
    // EACCES, EROFS …: the link stays.
    refusalFrom(error, "remove the link", path);
    return false;
  }
}

/** Undefined: the target is the root, or the link's own place or a folder above it. */
function placedLink(
  { files }: LinkedFiles,
  { file, levelsUp, target: targetFile }: Symlink,
): PlacedLink | undefined {
  const [own, aim] = [files[file], files[targetFile]];
  if (own === undefined || aim === undefined) return undefined;
  const { path } = own;
  const target = aim.path.slice(0, Math.max(0, aim.path.length - levelsUp));
  let shared = 0;
  while (shared < target.length && target[shared] === path[shared]) shared += 1;
  if (shared === target.length) return undefined;
  const ups = Array<string>(Math.max(0, path.length - 1 - shared)).fill("..");
  return { path, target, text: [...ups, ...target.slice(shared)].join(sep) };
}

/** A file or a folder, with no link in its path. */
function isTargetThere(disk: Disk, folders: Folders, target: readonly string[]): boolean {
  if (isRefusal(folders.prove(target))) return false;
  try {
    const kind = disk.stat(pathIn(folders, target))?.kind;
    return kind === "file" || kind === "folder";
  } catch (error) {
    refusalFrom(error, "look at", pathIn(folders, target));
    return false;
  }
}
