// The files of a torrent at rest, opened for one reader. The file-worker has them under a number of their own, so that a
// start, a move and a removal of the torrent find nothing open.

import type { CallRefusal, ReadBlocks, BlocksRead, TorrentId } from "@troupe/messages";
import { callFileWorkerForUser } from "../../engine/base/file-calls.ts";
import { openStorageMessage } from "../checks/start-check.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { FileReader } from "./file-reader.ts";
import type { ReadingServices } from "./tend-readers.ts";

const openDeadlineMs = 60_000;
const readDeadlineMs = 60_000;

/** The files of a torrent at rest. */
export interface RestFiles {
  /** Their number at the file-worker; no torrent has it. */
  readonly id: TorrentId;
  /** Of the torrent when they were opened. */
  readonly directory: string;
  /** The pieces that the record vouches for, in wire order; or why there are none. */
  readonly had: Promise<Uint8Array | CallRefusal>;
}

/** @returns The pieces on the disk: those that the record of the last run vouches for in files that are unchanged. */
export async function restPieces(
  engine: ReadingServices,
  job: JobWithContent,
  reader: FileReader,
): Promise<Uint8Array | CallRefusal> {
  reader.restFiles ??= openRestFiles(engine, job, reader);
  return await reader.restFiles.had;
}

/** Reads for a reader whose files are open. A file-worker that gives no answer counts as a refusal. */
export async function readAtRest(
  engine: ReadingServices,
  { directory }: RestFiles,
  message: ReadBlocks,
): Promise<BlocksRead> {
  const answer = await callFileWorkerForUser(
    engine,
    directory,
    "read-blocks",
    message,
    readDeadlineMs,
  );
  return "diskMs" in answer ? answer : { refused: [{ run: 0, ...answer }], diskMs: 0 };
}

/** Closes the files of a reader, if they are open. */
export function closeRestFiles(engine: ReadingServices, reader: FileReader): void {
  const { restFiles } = reader;
  if (restFiles === undefined) return;
  reader.restFiles = undefined;
  const { directory, had, id: torrent } = restFiles;
  void had.then(async (pieces) => {
    if ("refused" in pieces) return;
    await callFileWorkerForUser(engine, directory, "close-storage", { torrent }, openDeadlineMs);
  });
}

function openRestFiles(
  engine: ReadingServices,
  job: JobWithContent,
  { facts }: FileReader,
): RestFiles {
  const { directory } = job.request;
  // A slab belongs to one reader, and torrents have positive numbers.
  const id = -Number(facts.slab.id) as TorrentId;
  const message = { ...openStorageMessage(job), torrent: id, mayWrite: false, isToSettle: false };
  const open = async (): Promise<Uint8Array | CallRefusal> => {
    const opened = await callFileWorkerForUser(
      engine,
      directory,
      "open-storage",
      message,
      openDeadlineMs,
    );
    if ("refused" in opened) return opened;
    return opened.known?.trusted ?? new Uint8Array();
  };
  return { id, directory, had: open() };
}
