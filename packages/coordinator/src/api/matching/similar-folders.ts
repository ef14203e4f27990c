// The data of torrents that share files with another one (BEP 38): those that its .torrent names, and those of a collection that
// both are in.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ProtocolError } from "@troupe/protocol/errors";
import { keysOf } from "@troupe/protocol/identity";
import { editableFields, parseTorrent, type WrittenItem } from "@troupe/protocol/metainfo";
import { jobName } from "../../torrent-copies.ts";
import { SavedTorrents } from "../job/saved-torrents.ts";

/** Copies of .torrents that are read for their collections and their other hash; jobs beyond are known by their key alone. */
const mostCopies = 10_000;

/** Hints of a .torrent at other torrents. */
interface Hints {
  /** Info-hashes, 40 digits each. */
  readonly similar: ReadonlySet<string>;
  /** Names. */
  readonly collections: ReadonlySet<string>;
}

/**
 * The folders with the data of similar torrents: those of their jobs in a state folder. A folder that is missing is left out.
 *
 * @param torrent A .torrent that was parsed.
 */
export async function similarFolders(
  torrent: Uint8Array,
  stateDirectory: string,
): Promise<readonly string[]> {
  const wanted = hintsIn(torrent);
  if (wanted.similar.size + wanted.collections.size === 0) return [];
  const saved = new SavedTorrents(stateDirectory);
  const folders = new Set<string>();
  let copiesLeft = mostCopies;
  for (const job of await saved.jobs()) {
    const copy =
      copiesLeft-- > 0
        ? ((await saved.find(jobName(job))) ?? (await saved.find(job.key)))
        : undefined;
    const known = copy && readCopy(copy);
    const names = [job.key, ...(known?.keys ?? [])];
    const collections = [...(known?.collections ?? [])];
    const isSimilar =
      names.some((name) => wanted.similar.has(name)) ||
      collections.some((name) => wanted.collections.has(name));
    if (!isSimilar) continue;
    const own = known?.folder === undefined ? undefined : join(job.directory, known.folder);
    const found = (await folderAt(own)) ?? (await folderAt(job.directory));
    if (found !== undefined) folders.add(found);
  }
  return [...folders];
}

/** Hints of a .torrent stand in it, or inside `info`. */
function hintsIn(torrent: Uint8Array): Hints {
  const { info, ...fields } = editableFields(torrent);
  const all = (name: "collections" | "similar"): ReadonlySet<string> =>
    new Set([...fields[name], ...info[name]].flatMap(textOf));
  return { similar: all("similar"), collections: all("collections") };
}

/** An item that no program could read has no text. */
function textOf({ text }: WrittenItem): readonly string[] {
  return text === "" ? [] : [text];
}

/** @returns Undefined for a damaged copy. */
function readCopy(copy: Uint8Array) {
  try {
    const { files, infoHashes, isSingleFile } = parseTorrent(copy, { areLayersProven: true });
    const { collections } = hintsIn(copy);
    return {
      keys: keysOf(infoHashes) as readonly string[],
      collections,
      folder: isSingleFile ? undefined : files[0]?.path[0],
    };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

async function folderAt(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true ? path : undefined;
}
