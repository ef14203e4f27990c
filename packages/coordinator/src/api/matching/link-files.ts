// Makes the files of a torrent from those that were found. Links are recorded before the first is made, so that the engine
// never sees one that is not on record.

import { join } from "node:path";
import { nodePorts, type Disk } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import {
  decodeLinkedFiles,
  encodeLinkedFiles,
  linksPath,
  mostLinkBytes,
  RecordError,
  type LinkedFile,
  type LinkedFiles,
} from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import type { FoundData, SearchedFile } from "./find-data.ts";
import { linkWays, type LinkWay } from "./link-ways.ts";
import { makeLink, recordedLink } from "./make-links.ts";
import type { MatchProgress } from "./match-data.ts";

interface LinkOptions {
  readonly key: TorrentKey;
  /** The way of the user; undefined: reflinks, or none. */
  readonly link?: LinkWay;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MatchProgress) => void;
}

/** @returns All files, those that were found as `linked` or `failed`. @throws as `matchData`. */
export async function linkFiles(
  { directory, files }: Pick<FoundData, "directory" | "files">,
  options: LinkOptions,
): Promise<SearchedFile[]> {
  const { link, onProgress, signal } = options;
  const way = link ?? "reflink";
  const total = files.filter(({ candidate }) => candidate !== undefined).length;
  if (total > 0) await recordLinks(nodePorts().disk, directory, files, way, options.key);
  const ended: SearchedFile[] = [];
  let done = 0;
  for (const file of files) {
    if (file.candidate === undefined) {
      ended.push(file);
      continue;
    }
    signal?.throwIfAborted();
    const made = await makeLink(way, file.candidate, directory, file.path.split("/"));
    if (made.end === "impossible" && link === undefined) throw linkNeeded(made.reason);
    ended.push(
      made.end === "linked"
        ? { ...file, state: "linked" }
        : { ...file, state: "failed", reason: made.reason },
    );
    onProgress?.({ stage: "linking", done: (done += 1), total });
  }
  return ended;
}

/** Adds the links to the record of linked files, which is durable afterwards. */
async function recordLinks(
  disk: Disk,
  directory: string,
  files: readonly SearchedFile[],
  way: LinkWay,
  key: TorrentKey,
): Promise<void> {
  const links = new Map<number, LinkedFile>();
  for (const { candidate, file } of files) {
    const link = candidate && (await recordedLink(way, candidate));
    if (link !== undefined) links.set(file, link);
  }
  if (links.size === 0) return;
  const path = join(directory, linksPath(key));
  const bytes = encodeLinkedFiles(new Map([...readRecord(disk, path), ...links]));
  disk.makeFolder(join(path, ".."));
  disk.writeFileAtomically(path, bytes);
  disk.syncFolder(join(path, ".."));
}

function readRecord(disk: Disk, path: string): LinkedFiles {
  const found = disk.stat(path);
  if (found === undefined) return new Map();
  try {
    if (found.kind !== "file" || found.lengthBytes > mostLinkBytes)
      throw new RecordError("record-damaged", `it is a ${found.kind}`);
    return decodeLinkedFiles(disk.readFile(path));
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const message = `cannot read the record of linked files "${path}": ${error.message}`;
    throw new TroupeError("links-unreadable", message, { cause: error });
  }
}

function linkNeeded(reason: string): TroupeError {
  const others = linkWays.filter((way) => way !== "reflink").join(", ");
  const message = `cannot share the data of the found files without a copy: ${reason}; choose how with --link: ${others}`;
  return new TroupeError("link-needed", message);
}
