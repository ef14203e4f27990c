// Makes file paths unique and different from folders, where case counts or also where it is ignored. Depends on the torrent alone: the
// same at every start.

import { ProtocolError } from "../errors.ts";
import { numberedName } from "./safe-path.ts";

/** More waste time on purpose. */
const maxRenamedFiles = 500;

/** In no safe name. */
const separator = "/";

/**
 * @param paths Safe names of each file, at least one; read only.
 * @param keyOf Paths of an equal key are the same file. Default: case is ignored.
 * @param written Their folders, from {@link foldersOf}.
 * @returns Paths with a number in the last name where needed: the first file of a name keeps it, unless a folder has
 *   it. O(n log n) at worst in all characters.
 * @throws {ProtocolError} `torrent-limit` beyond {@link maxRenamedFiles} new names.
 */
export function uniquePaths(
  paths: readonly (readonly string[])[],
  keyOf: (path: string) => string = foldCase,
  written: ReadonlySet<string> = foldersOf(paths),
): readonly (readonly string[])[] {
  const folders = new Set([...written].map(keyOf));
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  let renamed = 0;
  return paths.map((path) => {
    const key = keyOf(path.join(separator));
    if (!taken.has(key) && !folders.has(key)) {
      taken.add(key);
      return path;
    }
    renamed += 1;
    if (renamed > maxRenamedFiles) throw tooManyRenamed();
    const isFree = (candidate: string): boolean => !taken.has(candidate) && !folders.has(candidate);
    const numbered = rename(path, numbers.get(key) ?? 1, (text) => isFree(keyOf(text)));
    taken.add(keyOf(numbered.path.join(separator)));
    numbers.set(key, numbered.number + 1);
    return numbered.path;
  });
}

/** @param first Its first free number: trying all numbers for many equal names would be quadratic. */
function rename(
  path: readonly string[],
  first: number,
  isFree: (path: string) => boolean,
): { readonly path: readonly string[]; readonly number: number } {
  const folder = path.slice(0, -1);
  const name = path.at(-1) ?? "_";
  for (let number = first; ; number++) {
    const candidate = [...folder, numberedName(name, number)];
    if (isFree(candidate.join(separator))) return { path: candidate, number };
  }
}

/** @returns Every parent, at any depth. */
export function foldersOf(paths: readonly (readonly string[])[]): ReadonlySet<string> {
  const written = new Set<string>();
  let last: readonly string[] = [];
  for (const path of paths) {
    // Files of a folder are mostly neighbours.
    const isKnown = haveSameFolder(path, last);
    last = path;
    if (isKnown) continue;
    const folder = path.slice(0, -1).join(separator);
    for (let end = folder.length; end > 0; end = folder.lastIndexOf(separator, end - 1)) {
      const prefix = folder.slice(0, end);
      if (written.has(prefix)) break;
      written.add(prefix);
    }
  }
  return written;
}

function haveSameFolder(path: readonly string[], other: readonly string[]): boolean {
  if (path.length !== other.length) return false;
  for (let depth = path.length - 2; depth >= 0; depth--) {
    if (path[depth] !== other[depth]) return false;
  }
  return true;
}

/** Equal for spellings that a file system may treat as equal. */
export function foldCase(path: string): string {
  return hasOneSpelling.test(path) ? path : path.normalize("NFC").toUpperCase().toLowerCase();
}

/** Nearly all paths. */
const hasOneSpelling = /^[\0-@[-\x7f]*$/;

function tooManyRenamed(): ProtocolError {
  return new ProtocolError("torrent-limit", {
    operation: "parse-torrent",
    message: `cannot use a torrent in which more than ${maxRenamedFiles} files have the path of another file or folder`,
    details: { field: "info.files", maxRenamedFiles },
  });
}
