// The files of a torrent that are not on the disk, and foreign files: those in the torrent's folder that it does not name.

import { lstat, readdir } from "node:fs/promises";
import type { Dirent } from "node:fs";
import { join, relative, sep } from "node:path";
import type { TorrentPort } from "../engine-port.ts";

/** Foreign files that are named; further ones are counted. */
export const mostNamed = 1_000;
/** Entries of folders that are looked at; with more, the count is a lower bound. */
const mostEntries = 1_000_000;
/** Folders inside each other; deeper ones are left out, and the count is a lower bound. */
const deepest = 128;

/** The files in the folders of a torrent that the torrent does not name. */
export interface ForeignFiles {
  /** The first ones, by folder; below the data folder, with `/` between names. */
  readonly paths: readonly string[];
  readonly count: number;
  /** Folders were left out, so that there may be more. */
  readonly isPartial: boolean;
}

interface Look {
  /** Absolute. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** @returns The files at whose paths nothing lies, by index, without padding. */
export async function findAbsent(
  files: TorrentPort["files"],
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const absent = new Set<number>();
  for (const [index, { isPadding, path }] of files.entries()) {
    if (isPadding) continue;
    signal.throwIfAborted();
    // oxlint-disable-next-line no-await-in-loop
    const code = await lstat(path).then(
      () => undefined,
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    if (code === "ENOENT" || code === "ENOTDIR") absent.add(index);
  }
  return absent;
}

/**
 * Looks into each folder directly below the data folder that has files of the torrent. Files of a torrent that lie in the data
 * folder itself have no folder of their own, and nothing there is foreign. Links are files, and are not followed.
 */
export async function findForeign(
  files: TorrentPort["files"],
  { directory, signal }: Look,
): Promise<ForeignFiles> {
  const named = new Set(files.filter(({ isPadding }) => !isPadding).map(({ path }) => path));
  const spellings = Map.groupBy(named, fold);
  const found: string[] = [];
  let [count, entries, isPartial] = [0, 0, false];
  const folders = ownFolders(named, directory).map((path) => ({ path, depth: 1 }));
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    signal.throwIfAborted();
    // oxlint-disable-next-line no-await-in-loop
    const inside = await listFolder(folder.path);
    entries += inside?.length ?? 0;
    if (inside === undefined || folder.depth > deepest || entries > mostEntries) {
      isPartial = true;
      continue;
    }
    const below = [];
    for (const entry of inside) {
      const path = join(folder.path, entry.name);
      if (entry.isDirectory()) below.push({ path, depth: folder.depth + 1 });
      // oxlint-disable-next-line no-await-in-loop
      else if (!named.has(path) && !(await isSameFile(path, spellings.get(fold(path)) ?? []))) {
        count += 1;
        if (found.length < mostNamed) found.push(relative(directory, path).split(sep).join("/"));
      }
    }
    folders.unshift(...below);
  }
  return { paths: found, count, isPartial };
}

function ownFolders(named: ReadonlySet<string>, directory: string): string[] {
  const folders = new Set<string>();
  for (const path of named) {
    const [first, ...names] = relative(directory, path).split(sep);
    if (first !== undefined && first !== "" && first !== ".." && names.length > 0)
      folders.add(join(directory, first));
  }
  return [...folders].toSorted();
}

/** Undefined: it cannot be read. A folder that is not there has no files. */
async function listFolder(path: string): Promise<readonly Dirent[] | undefined> {
  try {
    // A link at the place of the folder is not followed.
    if (!(await lstat(path)).isDirectory()) return [];
    const entries = await readdir(path, { withFileTypes: true });
    return entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? [] : undefined;
  }
}

function fold(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** A file system that ignores case, or writes accents in another way, has the file of a name under another spelling. */
async function isSameFile(path: string, others: readonly string[]): Promise<boolean> {
  if (others.length === 0) return false;
  const identity = await identityOf(path);
  const found = await Promise.all(others.map(identityOf));
  return identity !== undefined && found.includes(identity);
}

async function identityOf(path: string): Promise<string | undefined> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev} ${found.ino}`;
}
