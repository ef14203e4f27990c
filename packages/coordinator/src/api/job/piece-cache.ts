// What lies in the hidden part file of a torrent.

import type { TorrentId } from "@troupe/messages";
import { TroupeError } from "../../troupe-error.ts";
import { callAbout } from "../torrent-calls.ts";
import type { PieceCache, TorrentServices } from "../torrent-services.ts";

/**
 * @param id Its number in the engine at hand.
 * @returns Undefined when there is no part file. @throws TroupeError `not-running`, `no-torrent`
 */
export async function pieceCacheOf(
  services: TorrentServices,
  id: () => TorrentId,
  signal: AbortSignal | undefined,
): Promise<PieceCache | undefined> {
  const answer = await callAbout("part-file", services, id, signal);
  if ("refused" in answer) {
    throw new TroupeError(answer.refused, answer.message ?? "the torrent was removed");
  }
  if (answer.partFile === undefined) return undefined;
  const { path, entries, files } = answer.partFile;
  return { path, pieces: entries.map(([piece]) => piece), files };
}
