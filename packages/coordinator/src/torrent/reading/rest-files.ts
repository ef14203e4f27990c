// The files of a torrent at rest, opened for one reader. The file-worker has them under a number of their own, so that a
// start, a move and a removal of the torrent find nothing open.

import type { CallRefusal, ReadBlocks, BlocksRead, TorrentId } from "@troupe/messages";
import { callFileWorkerForUser } from "../../engine/base/file-calls.ts";
import { openStorageMessage } from "../checks/start-check.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { FileReader, RestFiles } from "./file-reader.ts";
import type { ReadingServices } from "./tend-readers.ts";

const deadlineMs = 60_000;

/** Reads for a reader whose files are open. A file-worker that gives no answer counts as a refusal. */
export async function readAtRest(
  engine: ReadingServices,
  { directory }: RestFiles,
  message: ReadBlocks,
): Promise<BlocksRead> {
  const answer = await callFileWorkerForUser(engine, directory, "read-blocks", message, deadlineMs);
  return "diskMs" in answer ? answer : { refused: [{ run: 0, ...answer }], diskMs: 0 };
}

/** Opens the files. The pieces on the disk are those that the record of the last run vouches for in unchanged files. */
export function openRestFiles(
  engine: ReadingServices,
  job: JobWithContent,
  { facts }: FileReader,
): RestFiles {
  const { directory } = job.request;
  // A slab belongs to one reader, and torrents have positive numbers.
  const torrent = -Number(facts.slab.id) as TorrentId;
  const message = { ...openStorageMessage(job), torrent, mayWrite: false, isToSettle: false };
  const open = async (): Promise<Uint8Array | CallRefusal> => {
    // A start hashes the pieces of a module: none is known before.
    if (job.request.modules?.store !== undefined) return new Uint8Array();
    const opened = await callFileWorkerForUser(
      engine,
      directory,
      "open-storage",
      message,
      deadlineMs,
    );
    return "refused" in opened ? opened : (opened.known?.trusted ?? new Uint8Array());
  };
  const had = open();
  const close = async (): Promise<void> => {
    if ("refused" in (await had)) return;
    await callFileWorkerForUser(engine, directory, "close-storage", { torrent }, deadlineMs);
  };
  return { id: torrent, directory, had, close: () => void close() };
}
