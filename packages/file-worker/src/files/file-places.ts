// Where the files of a torrent lie. A file that is not at its path may be at another: programs spell some names
// differently, and so did earlier jobs.

import { join, sep } from "node:path";
import type { Disk, FileStat, Random } from "@troupe/actor-runtime";
import type { OtherFilePath, StoredFile } from "@troupe/messages";
import { below, existingFolder, pathIn, type Folders } from "./folders.ts";
import { isAnother, isOwn, type FileRecord } from "./file-owner.ts";
import { noBoundBytes, suffixed, type Suffix } from "./part-suffix.ts";
import { isRefusal, systemCode } from "../refusals.ts";

/** The other paths of the files of a torrent, by file. Mostly empty. */
export type OtherPaths = ReadonlyMap<number, readonly OtherFilePath[]>;

/** How files are looked for. */
export interface LookRules {
  /** Missing folders, as in {@link Folders.prove}. */
  readonly absent?: Set<string>;
  /** The record; without it no file is looked for at its earlier paths, and any file at its path is the torrent's. */
  readonly record?: FileRecord | undefined;
}

/** A torrent whose files are looked for. */
export interface PlacedFiles {
  /** Changed by {@link placeFile}. */
  readonly files: StoredFile[];
  readonly others: OtherPaths;
  readonly folders: Folders;
  readonly suffix: Suffix | undefined;
}

/** @returns The other paths by file. */
export function otherPathsOf(list: readonly OtherFilePath[] = []): OtherPaths {
  const byFile = new Map<number, OtherFilePath[]>();
  for (const other of list) {
    const known = byFile.get(other.file);
    if (known === undefined) byFile.set(other.file, [other]);
    else known.push(other);
  }
  return byFile;
}

/**
 * Gives files whose paths differ in case alone the paths that they have where case is ignored, if it is.
 *
 * @param random Names a file that is created and removed again. Undefined: only existing files are looked at.
 */
export function separateTwins(disk: Disk, placed: PlacedFiles, random?: Random): void {
  const { files, others, folders } = placed;
  const twins = [...others.values()].flat().filter(({ use }) => use === "twin");
  if (twins.length === 0) return;
  let areOne: boolean | undefined;
  for (const { file, path } of twins) {
    areOne ??= areOneFile(disk, folders.root, files[file]?.path, path);
  }
  areOne ??= random !== undefined && ignoresCase(disk, folders.root, random);
  if (!areOne) return;
  for (const { file, use, path } of [...others.values()].flat()) {
    if (use === "no-case") movePath(files, file, path);
  }
}

/**
 * Finds a file that is not at its path at another of its paths. What lies at its own path is the file, unless the record
 * shows that the file lies at an earlier one.
 */
export function placeFile(
  disk: Disk,
  placed: PlacedFiles,
  file: number,
  rules: LookRules = {},
): void {
  const { files, others, folders } = placed;
  const { absent, record } = rules;
  const known = others.get(file);
  const stored = files[file];
  if (known === undefined || stored === undefined) return;
  const own = lookAt(disk, folders, stored.path, absent);
  if (own === "refused" || (own !== undefined && !isAnother(record, file, own))) return;
  const found = known.find(({ use, path }) => {
    if (own !== undefined || (use !== "any-length" && use !== "full-length")) return false;
    const other = lookAt(disk, folders, path.split("/"), absent);
    if (other === undefined || other === "refused" || other.kind !== "file") return false;
    return use === "any-length"
      ? other.lengthBytes <= stored.lengthBytes
      : other.lengthBytes === stored.lengthBytes;
  });
  const path = found?.path ?? earlierPlace(disk, placed, file, rules)?.from.join("/");
  if (path !== undefined) movePath(files, file, path);
}

/**
 * Finds a file with the suffix, unless it lies at its own path.
 *
 * @param rules.mayMake True gives a missing file the suffix, because it is unfinished when it is made.
 * @returns Whether the file has the suffix.
 */
export function placeUnfinished(
  disk: Disk,
  { files, folders, suffix }: Omit<PlacedFiles, "others">,
  file: number,
  { absent, mayMake = false, record }: LookRules & { readonly mayMake?: boolean } = {},
): boolean {
  const stored = files[file];
  if (suffix === undefined || stored === undefined) return false;
  const { isPadding = false, lengthBytes } = stored;
  if (isPadding || lengthBytes === 0 || lengthBytes === noBoundBytes) return false;
  const path = suffixed(suffix, stored.path);
  if (path === undefined) return false;
  const own = lookAt(disk, folders, stored.path, absent);
  if (own === "refused" || (own !== undefined && !isAnother(record, file, own))) return false;
  const found = lookAt(disk, folders, path, absent);
  if (found === "refused" || (found !== undefined && found.kind !== "file")) return false;
  const isThere = own === undefined ? found !== undefined || mayMake : isFound(record, file, found);
  if (isThere) files[file] = { ...stored, path };
  return isThere;
}

/** A file that lies at a path before a rename, and the path that the rename gives it. */
interface EarlierPlace {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly found: FileStat;
}

/** Finds a file that the torrent has made at a path before a rename, also with the suffix. */
export function earlierPlace(
  disk: Disk,
  { files, others, folders, suffix }: PlacedFiles,
  file: number,
  { absent, record }: LookRules,
): EarlierPlace | undefined {
  if (record === undefined) return undefined;
  const to = files[file]?.path ?? [];
  const names = (others.get(file) ?? []).filter(({ use }) => use === "earlier");
  const earlier = names.map(({ path }) => path.split("/"));
  const unfinished = earlier.map((path) => suffix && suffixed(suffix, path));
  for (const [place, from] of [...earlier, ...unfinished].entries()) {
    if (from === undefined) continue;
    const found = lookAt(disk, folders, from, absent);
    if (found === "refused" || !isFound(record, file, found)) continue;
    const target = place < earlier.length ? to : ((suffix && suffixed(suffix, to)) ?? to);
    return { from, to: target, found };
  }
  return undefined;
}

function isFound(
  record: FileRecord | undefined,
  file: number,
  found: FileStat | undefined,
): found is FileStat {
  if (found?.kind !== "file") return false;
  return isOwn(record, file, found) && !isAnother(record, file, found);
}

function movePath(files: StoredFile[], file: number, path: string): void {
  const stored = files[file];
  if (stored !== undefined) files[file] = { ...stored, path: path.split("/") };
}

/** Looks at a path. `refused`: a link is above it, or the disk does not answer the question. */
export function lookAt(
  disk: Disk,
  folders: Folders,
  path: readonly string[],
  absent?: Set<string>,
): FileStat | "refused" | undefined {
  const folder = folders.prove(path, absent);
  if (folder === "absent") return undefined;
  if (isRefusal(folder)) return "refused";
  try {
    return disk.stat(pathIn(folders, path));
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "refused";
  }
}

/** @returns Undefined while none of them exists. */
function areOneFile(
  disk: Disk,
  root: string,
  path: readonly string[] = [],
  twin: string,
): boolean | undefined {
  try {
    const one = disk.stat(below(root, path.join(sep)));
    const other = disk.stat(below(root, twin.split("/").join(sep)));
    if (one === undefined && other === undefined) return undefined;
    const isSame = one?.inode === other?.inode && one?.device === other?.device;
    // With a hard link it would have two names.
    return isSame && (one?.kind === "folder" || one?.linkCount === 1);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Also whether it ignores how a letter with an accent is composed. A folder that takes no file counts as both. */
function ignoresCase(disk: Disk, root: string, random: Random): boolean {
  const name = `.troupe-é-${Buffer.from(random.bytes(8)).toString("hex")}`;
  const folder = existingFolder(disk, root);
  const path = join(folder, name);
  try {
    disk.close(disk.open(path, "create-new"));
    try {
      const spellings = [name.toUpperCase(), name.normalize("NFD")];
      return spellings.some((other) => disk.stat(join(folder, other)) !== undefined);
    } finally {
      disk.remove(path);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return true;
  }
}
