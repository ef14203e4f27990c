// A torrent with a final folder works in a folder that other torrents work in too.

import type { AddTorrent, FileProtocol } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import type { TorrentJob } from "../torrent-job.ts";

/** Whether a torrent is not in its final folder yet. */
export function isOnItsWay({ directory, settings }: AddTorrent): boolean {
  const { moveTo } = settings;
  return moveTo !== undefined && moveTo !== directory;
}

/** Files without bytes are made in the final folder: in a working folder their owner could not be told. */
export function completeStorageMessage({
  id,
  request,
}: Pick<TorrentJob, "id" | "request">): MessageOf<FileProtocol, "complete-storage"> {
  return { torrent: id, makesEmptyFiles: !isOnItsWay(request) };
}
