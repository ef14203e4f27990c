// The copies that a job is brought back from.

import { TroupeError } from "@troupe/control";
import { isKeyOf, type TorrentKey } from "@troupe/protocol/identity";
import { parseTorrent } from "@troupe/protocol/metainfo";
import { copyName, type SavedCopy } from "../../torrent-copies.ts";
import { readMagnet, type LoadedMagnet, type LoadedSource } from "./load-metainfo.ts";
import type { SavedMagnet } from "./magnet-file.ts";
import type { SavedTorrents } from "./saved-torrents.ts";

/** A source of an earlier run. */
type SavedSource = LoadedSource & Pick<SavedCopy, "isFromStranger">;

/**
 * The copy of a job's .torrent, or of its magnet link: the job's own one, which a caller elsewhere has given, else that of
 * all jobs of the torrent.
 *
 * @throws TroupeError `torrent-copy-lost`
 */
export async function savedSource(
  saved: SavedTorrents | undefined,
  stateDirectory: string | undefined,
  job: Pick<SavedCopy, "directory" | "key">,
): Promise<SavedSource> {
  const own = saved && (await sourceIn(saved, { ...job, isFromStranger: true }));
  if (own !== undefined) return { ...own, isFromStranger: true };
  const shared = saved && (await sourceIn(saved, job));
  if (shared !== undefined) return shared;
  const message = `cannot bring back ${job.key}: its .torrent file is not in "${stateDirectory}"; add it again`;
  throw new TroupeError("torrent-copy-lost", message);
}

async function sourceIn(saved: SavedTorrents, copy: SavedCopy): Promise<LoadedSource | undefined> {
  const { key } = copy;
  const metainfo = await saved.find(copyName(copy));
  const link = await saved.findMagnet(copyName(copy));
  const magnet = link === undefined ? undefined : readSavedMagnet(link);
  const hasLink = magnet !== undefined && isKeyOf(key, magnet.link.infoHashes);
  // A link is saved beside a damaged .torrent, or the program ended before the priorities of the files were listed.
  if (metainfo !== undefined && (link === undefined || isTorrentOf(key, metainfo))) {
    const own = hasLink && { link: { ...magnet.link, trackers: [], webSeeds: [], peers: [] } };
    return { kind: "metainfo", metainfo, source: "file", ...own };
  }
  return hasLink ? magnet : undefined;
}

function isTorrentOf(key: TorrentKey, metainfo: Uint8Array): boolean {
  try {
    return isKeyOf(key, parseTorrent(metainfo).infoHashes);
  } catch {
    return false;
  }
}

/** @returns Undefined for a damaged link. */
function readSavedMagnet({ magnet, source }: SavedMagnet): LoadedMagnet | undefined {
  try {
    return readMagnet(magnet, source);
  } catch {
    return undefined;
  }
}
