// A torrent with a final folder works in a folder that other torrents work in too.

import type { AddTorrent, FileProtocol } from "@troupe/messages";
import type { MessageOf } from "@troupe/actor-runtime";
import { attributesToMake } from "./file-attributes.ts";
import type { JobWithContent } from "../torrent-job.ts";

/** Whether a torrent is not in its final folder yet. */
export function isOnItsWay({ directory, settings }: AddTorrent): boolean {
  const { moveTo } = settings;
  return moveTo !== undefined && moveTo !== directory;
}

/** Files without bytes are made in the final folder: in a working folder their owner could not be told. */
export function completeStorageMessage(
  job: Pick<JobWithContent, "content" | "id" | "request" | "setting">,
): MessageOf<FileProtocol, "complete-storage"> {
  const { content, id, request } = job;
  const makesEmptyFiles = !isOnItsWay(request);
  return { torrent: id, makesEmptyFiles, ...attributesToMake(job, content) };
}
