import type { FileStat } from "../../ports/disk.ts";
import type { Random } from "../../ports/random.ts";
import { systemError } from "../../errors.ts";
import { CaselessEntries } from "./caseless-entries.ts";
import type { SimulatedFile } from "./simulated-file.ts";

/** A folder of a simulated disk. */
export interface SimulatedFolder {
  readonly kind: "folder";
  readonly inode: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
  mode?: number;
  group?: number;
  readonly entries: Map<string, SimulatedFile | SimulatedFolder>;
}

/** A file or folder. */
export type SimulatedEntry = SimulatedFile | SimulatedFolder;

/** A path's last name, existing or not, and its folder. */
interface Place {
  readonly folder: SimulatedFolder;
  readonly name: string;
  readonly entry: SimulatedEntry | undefined;
}

/** @returns An empty folder that was made now. */
export function newFolder(inode: bigint, nowNs: bigint, ignoresCase: boolean): SimulatedFolder {
  const entries = ignoresCase
    ? new CaselessEntries<SimulatedEntry>()
    : new Map<string, SimulatedEntry>();
  return { kind: "folder", inode, mtimeNs: nowNs, ctimeNs: nowNs, entries };
}

/** Resolves `.` and `..`, safe without links. */
export function namesOf(path: string): readonly string[] {
  if (!path.startsWith("/")) throw systemError("EINVAL", `"${path}" is not an absolute path`);
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names;
}

/** @throws `ENOENT` for a missing parent, `ENOTDIR` for a parent that is a file. */
export function placeOf(root: SimulatedFolder, path: string): Place {
  const names = namesOf(path);
  const name = names.at(-1);
  // The root contains itself, as on real disks.
  if (name === undefined) return { folder: root, name: ".", entry: root };
  let folder = root;
  for (const step of names.slice(0, -1)) {
    const next = folder.entries.get(step);
    if (next === undefined) throw systemError("ENOENT", `"${path}" does not exist`);
    if (next.kind === "file") throw systemError("ENOTDIR", `"${path}" leads through a file`);
    folder = next;
  }
  return { folder, name, entry: folder.entries.get(name) };
}

/** @throws `ENOENT` also for a missing entry. */
export function entryAt(root: SimulatedFolder, path: string): SimulatedEntry {
  const { entry } = placeOf(root, path);
  if (entry === undefined) throw systemError("ENOENT", `"${path}" does not exist`);
  return entry;
}

/** @param make Creates a folder in `parent`. */
export function makeFolders(
  root: SimulatedFolder,
  path: string,
  make: (parent: SimulatedFolder) => SimulatedFolder,
): void {
  let folder = root;
  const names = namesOf(path);
  for (const [index, name] of names.entries()) {
    const next = folder.entries.get(name);
    if (next?.kind === "file") {
      const code = index === names.length - 1 ? "EEXIST" : "ENOTDIR";
      throw systemError(code, `"${path}" is, or leads through, a file`);
    }
    const entered = next ?? make(folder);
    folder.entries.set(name, entered);
    folder = entered;
  }
}

/** @param replaced Called with another file replaced by it. */
export function renameEntry(
  root: SimulatedFolder,
  { from, to, nowNs }: { readonly from: string; readonly to: string; readonly nowNs: bigint },
  replaced: (file: SimulatedFile) => void,
): void {
  const entry = entryAt(root, from);
  const [old, place] = [placeOf(root, from), placeOf(root, to)];
  old.folder.entries.delete(old.name);
  place.folder.entries.set(place.name, entry);
  for (const { folder } of [old, place]) folder.mtimeNs = folder.ctimeNs = nowNs;
  entry.ctimeNs = nowNs;
  if (place.entry !== entry && place.entry?.kind === "file") replaced(place.entry);
}

/** Metadata of an entry. */
export function statOf(entry: SimulatedEntry, device: bigint): FileStat {
  const { kind, inode, mtimeNs, ctimeNs } = entry;
  const isFile = entry.kind === "file";
  return {
    kind,
    lengthBytes: isFile ? entry.lengthBytes : entry.entries.size,
    device,
    inode,
    mtimeNs,
    ctimeNs,
    linkCount: isFile ? entry.linkCount : 2,
    mode: entry.mode ?? 0o755,
  };
}

/**
 * Unsynced data survives by chance.
 * @returns The change in bytes taken.
 */
export function crashFolder(folder: SimulatedFolder, random: Random): number {
  let takenBytes = 0;
  for (const [name, entry] of folder.entries) {
    if (entry.kind === "folder") takenBytes += crashFolder(entry, random);
    else if (!entry.unsynced.isNamed && random.next() < 0.5) folder.entries.delete(name);
    else {
      const takenBefore = entry.takenBytes;
      entry.openCount = 0;
      entry.unsynced.crash(random);
      takenBytes += entry.takenBytes - takenBefore;
    }
  }
  return takenBytes;
}

/** Bytes of all views. */
export function totalBytes(views: readonly Uint8Array[]): number {
  return views.reduce((sum, view) => sum + view.byteLength, 0);
}
