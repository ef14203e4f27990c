// Where the symbolic links of a torrent lead (BEP 47): to its files and folders alone. A link is resolved by the names in the
// torrent, through its other links, so that what it leads to is a file or a folder and no link.

import type { BencodeValue } from "../bencode/bencode-value.ts";
import { maxPathParts } from "./safe-path.ts";

/** The file of a link, or the folder that many levels above it: 0 is the file itself. */
export interface LinkTarget {
  /** Its index in the torrent. */
  readonly file: number;
  readonly levelsUp: number;
}

/** A file or link of a torrent. */
export interface LinkableEntry {
  /** Names in the torrent, with the torrent's name in front. */
  readonly names: readonly string[];
  readonly isPadding: boolean;
  readonly isLink: boolean;
  /** `symlink path`: names below the torrent's folder. */
  readonly linkPath?: readonly string[];
}

/** Links of a torrent; with more, none leads anywhere. */
const maxLinks = 10_000;
/** Characters of the names of all files, each counted once for each folder above it; with more, no link leads anywhere. */
const maxCharacters: number = 2 ** 23;
/** Links between a link and its file; a longer way counts as a loop. */
const maxHops = 32;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const noTargets: ReadonlyMap<number, LinkTarget> = new Map();

/** @returns The names of `symlink path`; undefined for anything but a list of 1 to 100 texts. */
export function readLinkPath(value: BencodeValue | undefined): readonly string[] | undefined {
  const names: string[] = [];
  for (const part of value?.items() ?? []) {
    const bytes = part.string;
    if (bytes === undefined || names.length >= maxPathParts) return undefined;
    names.push(utf8.decode(bytes));
  }
  return names.length === 0 ? undefined : names;
}

/**
 * @returns The targets of the links that lead to a file or folder of the torrent. A link is left out if it leads elsewhere, to
 *   itself, to a folder above it or in a loop, and if its own path is also that of another file, folder or link.
 */
export function linkTargets(entries: readonly LinkableEntry[]): ReadonlyMap<number, LinkTarget> {
  const links = [...entries.entries()].filter(([, { isLink }]) => isLink);
  if (links.length === 0 || links.length > maxLinks) return noTargets;
  const places = placesOf(entries);
  if (places === undefined) return noTargets;
  const ways = waysOf(links, places);
  const targets = new Map<number, LinkTarget>();
  for (const [index, { names }] of links) {
    const way = ways.get(keyOf(names));
    const end = way && followed(way, ways);
    const target = end && places.get(keyOf(end));
    if (end === undefined || target === undefined || target === "several") continue;
    if (!isAtOrAbove(end, names)) targets.set(index, target);
  }
  return targets;
}

/** Files and folders by their keys; of files with one path, `several`. */
type Places = Map<string, LinkTarget | "several">;

/** Undefined: too many characters. */
function placesOf(entries: readonly LinkableEntry[]): Places | undefined {
  const files: Places = new Map();
  const folders: Places = new Map();
  let characters = 0;
  for (const [file, { isLink, isPadding, names }] of entries.entries()) {
    if (isLink || isPadding) continue;
    characters += names.reduce((sum, name) => sum + name.length + 1, 0) * names.length;
    if (characters > maxCharacters) return undefined;
    const key = keyOf(names);
    files.set(key, files.has(key) ? "several" : { file, levelsUp: 0 });
    // The torrent's own folder is no target: each link is below it.
    for (let parts = names.length - 1; parts > 1; parts--) {
      const folder = keyOf(names.slice(0, parts));
      if (folders.has(folder)) break;
      folders.set(folder, { file, levelsUp: names.length - parts });
    }
  }
  for (const [key, folder] of folders) files.set(key, files.has(key) ? "several" : folder);
  return files;
}

/** The names that a link stands for, by the key of its path; undefined for links that overlap. */
type Ways = Map<string, readonly string[] | undefined>;

function waysOf(links: readonly (readonly [number, LinkableEntry])[], places: Places): Ways {
  const ways: Ways = new Map();
  for (const [, { linkPath, names }] of links) {
    const [torrentName = ""] = names;
    const key = keyOf(names);
    const overlaps = ways.has(key) || places.has(key);
    ways.set(key, overlaps || linkPath === undefined ? undefined : [torrentName, ...linkPath]);
  }
  return ways;
}

/** The names without links in them; undefined for a loop, or a link that leads nowhere. */
function followed(names: readonly string[], ways: Ways): readonly string[] | undefined {
  let current = names;
  for (let hops = 0; hops <= maxHops; hops++) {
    if (current.length > maxPathParts) return undefined;
    const parts = firstLink(current, ways);
    if (parts === undefined) return current;
    const way = ways.get(keyOf(current.slice(0, parts)));
    if (way === undefined) return undefined;
    current = [...way, ...current.slice(parts)];
  }
  return undefined;
}

/** The number of names of the first part of a path that is a link. */
function firstLink(names: readonly string[], ways: Ways): number | undefined {
  for (let parts = 2; parts <= names.length; parts++)
    if (ways.has(keyOf(names.slice(0, parts)))) return parts;
  return undefined;
}

function isAtOrAbove(target: readonly string[], names: readonly string[]): boolean {
  return target.length <= names.length && target.every((name, at) => name === names[at]);
}

/** No name of a torrent's path is empty. */
function keyOf(names: readonly string[]): string {
  return names.join("\0");
}
