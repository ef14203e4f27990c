// Where the files of a torrent lie. A file that is not at its path may be at another: programs spell some names
// differently, and so did earlier jobs.

import { join, sep } from "node:path";
import type { Disk, FileStat, Random } from "@troupe/actor-runtime";
import type { OtherFilePath, StoredFile } from "@troupe/messages";
import { foldersBelow, removeIfEmpty } from "./empty-folders.ts";
import { below, existingFolder, pathIn, type Folders } from "./folders.ts";
import { isOwn, type FileRecord } from "./file-owner.ts";
import { noBoundBytes, suffixed, type Suffix } from "./part-suffix.ts";
import { isRefusal, systemCode } from "../refusals.ts";
import { renewFacts } from "../state/file-facts.ts";

/** The other paths of the files of a torrent, by file. Mostly empty. */
export type OtherPaths = ReadonlyMap<number, readonly OtherFilePath[]>;

/** How files are looked for. */
interface LookRules {
  /** Missing folders, as in {@link Folders.prove}. */
  readonly absent?: Set<string>;
  /** The record; without it no file is looked for at its earlier paths. */
  readonly record?: FileRecord | undefined;
  /** True carries out a rename that was cut off. */
  readonly mayRename?: boolean;
}

/** A torrent whose files are looked for. */
interface PlacedFiles {
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
 * Finds a file that is not at its path at another of its paths. Whatever lies at its own path stays its place.
 */
export function placeFile(
  disk: Disk,
  placed: PlacedFiles,
  file: number,
  rules: LookRules = {},
): void {
  const { files, others, folders } = placed;
  const { absent } = rules;
  const known = others.get(file);
  const stored = files[file];
  if (known === undefined || stored === undefined) return;
  if (lengthAt(disk, folders, stored.path, absent) !== undefined) return;
  const found = known.find(({ use, path }) => {
    if (use !== "any-length" && use !== "full-length") return false;
    const lengthBytes = lengthAt(disk, folders, path.split("/"), absent);
    if (typeof lengthBytes !== "number") return false;
    return use === "any-length"
      ? lengthBytes <= stored.lengthBytes
      : lengthBytes === stored.lengthBytes;
  });
  if (found !== undefined) movePath(files, file, found.path);
  else if (rules.record !== undefined) placeEarlier(disk, placed, file, rules.record, rules);
}

/**
 * Finds a file with the suffix, unless it lies at its own path.
 *
 * @param absent Missing folders, as in {@link Folders.prove}.
 * @param mayMake True gives a missing file the suffix, because it is unfinished when it is made.
 * @returns Whether the file has the suffix.
 */
export function placeUnfinished(
  disk: Disk,
  { files, folders, suffix }: Omit<PlacedFiles, "others">,
  file: number,
  { absent, mayMake = false }: { readonly absent?: Set<string>; readonly mayMake?: boolean } = {},
): boolean {
  const stored = files[file];
  if (suffix === undefined || stored === undefined) return false;
  const { isPadding = false, lengthBytes } = stored;
  if (isPadding || lengthBytes === 0 || lengthBytes === noBoundBytes) return false;
  const path = suffixed(suffix, stored.path);
  if (path === undefined || lengthAt(disk, folders, stored.path, absent) !== undefined)
    return false;
  const found = lengthAt(disk, folders, path, absent);
  if (found === undefined ? !mayMake : typeof found !== "number") return false;
  files[file] = { ...stored, path };
  return true;
}

/** Finds a file that the torrent has made at one of its earlier paths. */
function placeEarlier(
  disk: Disk,
  { files, others, folders, suffix }: PlacedFiles,
  file: number,
  record: FileRecord,
  { absent, mayRename = false }: LookRules,
): void {
  const to = files[file]?.path ?? [];
  const names = (others.get(file) ?? []).filter(({ use }) => use === "earlier");
  const earlier = names.map(({ path }) => path.split("/"));
  const unfinished = earlier.map((path) => suffix && suffixed(suffix, path));
  for (const [place, path] of [...earlier, ...unfinished].entries()) {
    if (path === undefined || folders.prove(path, absent) !== "there") continue;
    const found = lookAt(disk, pathIn(folders, path));
    if (found?.kind !== "file" || !isOwn(record, file, found)) continue;
    const target = place < earlier.length ? to : ((suffix && suffixed(suffix, to)) ?? to);
    if (mayRename && rename(disk, folders, path, target)) {
      absent?.clear();
      renewFacts(record.files, file, found, lookAt(disk, pathIn(folders, target)));
    } else movePath(files, file, path.join("/"));
    return;
  }
}

/** @returns False when the disk refuses: the file stays where it is. */
function rename(
  disk: Disk,
  folders: Folders,
  from: readonly string[],
  to: readonly string[],
): boolean {
  if (folders.make(to) !== undefined) return false;
  try {
    if (disk.stat(pathIn(folders, to)) !== undefined) return false;
    disk.rename(pathIn(folders, from), pathIn(folders, to));
    const { root } = folders;
    for (const folder of foldersBelow(root, [from])) removeIfEmpty(disk, root, folder);
    folders.forgetProofs();
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}

function lookAt(disk: Disk, path: string): FileStat | undefined {
  try {
    return disk.stat(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function movePath(files: StoredFile[], file: number, path: string): void {
  const stored = files[file];
  if (stored !== undefined) files[file] = { ...stored, path: path.split("/") };
}

/** The length of a file; `other` if something else is there, or the disk refuses to tell. */
function lengthAt(
  disk: Disk,
  folders: Folders,
  path: readonly string[],
  absent?: Set<string>,
): number | "other" | undefined {
  const folder = folders.prove(path, absent);
  if (folder === "absent") return undefined;
  if (isRefusal(folder)) return "other";
  try {
    const found = disk.stat(below(folders.root, path.join(sep)));
    if (found === undefined) return undefined;
    return found.kind === "file" ? found.lengthBytes : "other";
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return "other";
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
