// The names of a torrent's files on the disk. A file has one path by the rule of its torrent, and may have others: those
// of the other rule, and of clients that ignore case or cut names. A file that lies there already is used.

import {
  foldedPathPart,
  maxFoldedNameBytes,
  maxNameBytes,
  ownPathPart,
  safePath,
  utf8Length,
} from "./safe-path.ts";
import { foldCase, foldersOf, uniquePaths } from "./unique-paths.ts";

/**
 * `own`: the names in the torrent, changed only where no system accepts them or they would lead elsewhere. `portable`:
 * names that every system accepts, the same everywhere.
 */
export type NameRule = "own" | "portable";

/**
 * `any-length`, `full-length`: the file may lie there, and then has any length, or all its bytes. `no-case`: its path
 * where the file system ignores case. `twin`: another file or folder whose path is the same there. `earlier`: its path
 * before a rename that may not have been carried out.
 */
export type OtherPathUse = "any-length" | "full-length" | "no-case" | "twin" | "earlier";

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
  /** @returns The portable paths, whatever the rule. Few torrents need them. */
  readonly portable: () => Paths;
  /** The paths before they were made unique. */
  readonly wished: Paths;
}

/**
 * Characters of the paths of all files and of all folders above each file. With more, each file has only the path by
 * its rule: finding other paths would keep the engine busy for seconds.
 */
const maxPathCharacters: number = 2 ** 23;

type Paths = readonly (readonly string[])[];

/** Paths by one rule. */
interface RuledPaths {
  readonly wished: Paths;
  readonly unique: Paths;
  /** Above both: numbers change only the last name. */
  readonly folders: ReadonlySet<string>;
}

/** By each rule: some have the same arrays. */
interface WishedPaths {
  readonly own: Paths;
  readonly folded: Paths;
  readonly portable: Paths;
}

/**
 * @param names Names of each file on the disk, as they are in the torrent, with the torrent's name in front.
 * @throws {ProtocolError} `torrent-limit` for too many files of one path.
 */
export function nameFiles(names: Paths, rule: NameRule): NamedFiles {
  const safe = names.map((parts) => safePath(parts));
  if (names.every((parts, file) => isPlain(parts, safe[file]))) {
    const unique = uniquePaths(safe);
    const isUnique = unique.every((path, file) => path === safe[file]);
    if (isUnique) return ownPathsAlone(safe, unique, () => unique);
  }
  if (pathCharacters(names) > maxPathCharacters) {
    const wished = rule === "own" ? names.map((parts) => safePath(parts, ownPathPart)) : safe;
    // Without case, since a file has no other path where case is ignored.
    const unique = uniquePaths(wished);
    return ownPathsAlone(wished, unique, () => (rule === "own" ? uniquePaths(safe) : unique));
  }
  const wished = wishedPaths(names, safe);
  return areApart(wished) ? placeApart(wished, rule) : placeUnique(wished, rule);
}

function ownPathsAlone(wished: Paths, unique: Paths, portable: () => Paths): NamedFiles {
  return { files: unique.map((path) => ({ path })), portable, wished };
}

function wishedPaths(names: Paths, portable: Paths): WishedPaths {
  const own = names.map((parts, file) => {
    const path = safePath(parts, ownPathPart);
    const other = portable[file];
    return other !== undefined && isSame(path, other) ? other : path;
  });
  const folded = own.map((path, file) =>
    path.every(isShort) ? path : safePath(names[file] ?? path, foldedPathPart),
  );
  return { own, folded, portable };
}

/** No path by any rule, without case, is that of another file or of a folder. */
function areApart({ own, folded, portable }: WishedPaths): boolean {
  const others = [...without(folded, own), ...without(portable, own)];
  const folders = new Set([...foldersOf([...own, ...others])].map(foldCase));
  const owners = new Map<string, number>();
  for (const paths of [own, folded, portable]) {
    for (const [file, path] of paths.entries()) {
      if (paths !== own && path === own[file]) continue;
      const key = keyOf(path);
      if (folders.has(key) || (owners.get(key) ?? file) !== file) return false;
      owners.set(key, file);
    }
  }
  return true;
}

function without(paths: Paths, others: Paths): Paths {
  return paths.filter((path, file) => path !== others[file]);
}

/** Where no two files or folders have one path, nothing is numbered and no path is taken. */
function placeApart(wished: WishedPaths, rule: NameRule): NamedFiles {
  const main = rule === "own" ? wished.own : wished.portable;
  const files = main.map((path, file) => {
    const others: OtherPath[] = [];
    for (const [use, found = path] of likelyPaths(wished, rule, file)) {
      if (isNew(found, path, others)) others.push({ use, path: found });
    }
    return others.length === 0 ? { path } : { path, otherPaths: others };
  });
  return { files, portable: () => wished.portable, wished: main };
}

function placeUnique(wished: WishedPaths, rule: NameRule): NamedFiles {
  const own = ruledPaths(wished.own, (path) => path);
  const portable = ruledPaths(wished.portable, foldCase, own);
  const folded = isSameList(wished.folded, wished.portable)
    ? portable
    : ruledPaths(wished.folded, foldCase, own);
  const unique = { own: own.unique, folded: folded.unique, portable: portable.unique };
  const owners = ownersOf(own, folded, portable);
  const twins = rule === "own" ? twinsOf(own) : new Map<number, readonly string[]>();
  const main = rule === "own" ? own : portable;
  const files = main.unique.map((path, file) => {
    const others: OtherPath[] = [];
    for (const [use, found = path] of likelyPaths(unique, rule, file)) {
      if (isNew(found, path, others) && owners.get(keyOf(found)) === file) {
        others.push({ use, path: found });
      }
    }
    const withoutCase = folded.unique[file] ?? path;
    if (twins.size > 0 && !isSame(withoutCase, path)) {
      others.push({ use: "no-case", path: withoutCase });
    }
    const twin = twins.get(file);
    if (twin !== undefined) others.push({ use: "twin", path: twin });
    return others.length === 0 ? { path } : { path, otherPaths: others };
  });
  return { files, portable: () => portable.unique, wished: main.wished };
}

/** The paths at which a file may lie besides its own, the most likely one first. */
function likelyPaths(
  { own, folded, portable }: WishedPaths,
  rule: NameRule,
  file: number,
): [OtherPathUse, readonly string[] | undefined][] {
  // Ours wrote files at portable paths at full length; a shorter file is that of another program.
  return rule === "own"
    ? [
        ["any-length", folded[file]],
        ["full-length", portable[file]],
      ]
    : [
        ["any-length", own[file]],
        ["any-length", folded[file]],
      ];
}

function isNew(
  found: readonly string[],
  path: readonly string[],
  others: readonly OtherPath[],
): boolean {
  return !isSame(found, path) && others.every((one) => !isSame(found, one.path));
}

/** @param known Has the same folders if its files have the same paths. */
function ruledPaths(
  wished: Paths,
  uniqueBy: (path: string) => string,
  known?: RuledPaths,
): RuledPaths {
  const folders =
    known !== undefined && isSameList(wished, known.wished) ? known.folders : foldersOf(wished);
  return { wished, unique: uniquePaths(wished, uniqueBy, folders), folders };
}

/** Every rule leaves it as it is. */
function isPlain(names: readonly string[], path: readonly string[] = []): boolean {
  return isSame(names, path) && names.every(isShort);
}

/** libtorrent does not cut it. */
function isShort(name: string): boolean {
  // A character takes at most three bytes of UTF-8 for each unit of UTF-16.
  return name.length * 3 <= maxFoldedNameBytes || utf8Length(name) <= maxFoldedNameBytes;
}

function pathCharacters(paths: Paths): number {
  let sum = 0;
  for (const path of paths) {
    let length = 0;
    for (const name of path) {
      length += Math.min(name.length, maxNameBytes) + 1;
      sum += length;
    }
  }
  return sum;
}

/** The file of each path, by any rule and without case; −1 for a folder, or the path of several files. */
function ownersOf(...lists: readonly RuledPaths[]): ReadonlyMap<string, number> {
  const owners = new Map<string, number>();
  for (const [at, { unique, folders }] of lists.entries()) {
    const [{ unique: first, folders: known } = { unique, folders }] = lists;
    for (const [file, path] of unique.entries()) {
      if (at > 0 && path === first[file]) continue;
      const key = keyOf(path);
      owners.set(key, (owners.get(key) ?? file) === file ? file : -1);
    }
    if (at > 0 && folders === known) continue;
    for (const folder of folders) owners.set(foldCase(folder), -1);
  }
  return owners;
}

/** Files whose path differs from that of an earlier file, or of a folder, by case alone. */
function twinsOf({ unique, folders }: RuledPaths): Map<number, readonly string[]> {
  const seen = new Map<string, string>();
  for (const folder of folders) seen.set(foldCase(folder), folder);
  const twins = new Map<number, readonly string[]>();
  for (const [file, path] of unique.entries()) {
    const text = path.join("/");
    const key = foldCase(text);
    const twin = seen.get(key);
    if (twin === undefined) seen.set(key, text);
    else twins.set(file, twin.split("/"));
  }
  return twins;
}

function isSameList(paths: Paths, others: Paths): boolean {
  return paths.every((path, file) => path === others[file]);
}

function keyOf(path: readonly string[]): string {
  return foldCase(path.join("/"));
}

function isSame(one: readonly string[], other: readonly string[] = []): boolean {
  if (one === other) return true;
  return one.length === other.length && one.every((name, at) => name === other[at]);
}
