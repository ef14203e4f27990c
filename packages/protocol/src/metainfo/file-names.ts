// The names of a torrent's files on the disk. A file has one path by the rule of its torrent, and may have others: those
// of the other rule, and of clients that ignore case or cut names. A file that lies there already is used.

import {
  foldedPathPart,
  maxFoldedNameBytes,
  ownPathPart,
  safePath,
  safePathPart,
  utf8Length,
  type PathPartRule,
} from "./safe-path.ts";
import { foldCase, foldersOf, uniquePaths } from "./unique-paths.ts";

/**
 * `own`: the names in the torrent, changed only where no system accepts them or they would lead elsewhere. `portable`:
 * names that every system accepts, the same everywhere.
 */
export type NameRule = "own" | "portable";

/**
 * `any-length`, `full-length`: the file may lie there, and then has any length, or all its bytes. `no-case`: its path
 * where the file system ignores case. `twin`: another file or folder whose path is the same there.
 */
export type OtherPathUse = "any-length" | "full-length" | "no-case" | "twin";

/** A path of a file besides its own. */
export interface OtherPath {
  readonly use: OtherPathUse;
  readonly path: readonly string[];
}

/** The place of a file. */
export interface NamedFile {
  readonly path: readonly string[];
  /** Absent: none. */
  readonly otherPaths?: readonly OtherPath[];
}

/** The places of the files of a torrent. */
export interface NamedFiles {
  readonly files: readonly NamedFile[];
  /** Portable, whatever the rule. */
  readonly portable: Paths;
  /** The paths before they were made unique. */
  readonly wished: Paths;
}

type Paths = readonly (readonly string[])[];

interface RuledPaths {
  readonly wished: Paths;
  readonly unique: Paths;
}

/**
 * @param names Of each file on the disk, as they are in the torrent, with the torrent's name in front.
 * @throws {ProtocolError} `torrent-limit` for too many files of one path.
 */
export function nameFiles(names: Paths, rule: NameRule): NamedFiles {
  const portable = ruledPaths(names, safePathPart, foldCase);
  if (names.every((parts, file) => isPlain(parts, portable.unique[file]))) {
    const files = portable.unique.map((path) => ({ path }));
    return { files, portable: portable.unique, wished: portable.wished };
  }
  const own = ruledPaths(names, ownPathPart, (path) => path);
  const folded = ruledPaths(names, foldedPathPart, foldCase);
  const [main, other] = rule === "own" ? [own, portable] : [portable, own];
  const owners = ownersOf([own.unique, folded.unique, portable.unique]);
  const twins = rule === "own" ? twinsOf(own.unique) : new Map<number, readonly string[]>();
  const files = main.unique.map((path, file) => {
    const others: OtherPath[] = [];
    const add = (use: OtherPathUse, found: readonly string[] = path): void => {
      const isNew = !isSame(found, path) && others.every((one) => !isSame(found, one.path));
      if (isNew && owners.get(keyOf(found)) === file) others.push({ use, path: found });
    };
    if (rule === "portable") add("any-length", other.unique[file]);
    add("any-length", folded.unique[file]);
    // Ours wrote such files at full length; a shorter file is that of another program.
    if (rule === "own") add("full-length", other.unique[file]);
    const withoutCase = folded.unique[file] ?? path;
    if (twins.size > 0 && !isSame(withoutCase, path)) {
      others.push({ use: "no-case", path: withoutCase });
    }
    const twin = twins.get(file);
    if (twin !== undefined) others.push({ use: "twin", path: twin });
    return others.length === 0 ? { path } : { path, otherPaths: others };
  });
  return { files, portable: portable.unique, wished: main.wished };
}

function ruledPaths(
  names: Paths,
  partOf: PathPartRule,
  uniqueBy: (path: string) => string,
): RuledPaths {
  const wished = names.map((parts) => safePath(parts, partOf));
  return { wished, unique: uniquePaths(wished, uniqueBy) };
}

/** Every rule leaves it as it is. */
function isPlain(names: readonly string[], path: readonly string[] = []): boolean {
  return isSame(names, path) && names.every((name) => utf8Length(name) <= maxFoldedNameBytes);
}

/** The file of each path, by any rule and without case; −1 for a folder, or the path of several files. */
function ownersOf(lists: readonly Paths[]): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const paths of lists) {
    for (const [file, path] of paths.entries()) {
      const key = keyOf(path);
      owners.set(key, (owners.get(key) ?? file) === file ? file : -1);
    }
    for (const folder of foldersOf(paths)) owners.set(foldCase(folder), -1);
  }
  return owners;
}

/** Files whose path differs from that of an earlier file, or of a folder, by case alone. */
function twinsOf(paths: Paths): Map<number, readonly string[]> {
  const seen = new Map<string, readonly string[]>();
  for (const folder of foldersOf(paths)) seen.set(foldCase(folder), folder.split("/"));
  const twins = new Map<number, readonly string[]>();
  for (const [file, path] of paths.entries()) {
    const twin = seen.get(keyOf(path));
    if (twin === undefined) seen.set(keyOf(path), path);
    else twins.set(file, twin);
  }
  return twins;
}

function keyOf(path: readonly string[]): string {
  return foldCase(path.join("/"));
}

function isSame(one: readonly string[], other: readonly string[] = []): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
