// What lies on disk before a torrent runs: every file found is hashed first, so that a job that was interrupted
// goes on where it was, and nothing is ever truncated or believed unread. Only a torrent that was stopped in order a
// moment ago, by this very engine, finds its files untouched and goes on at once.

import { join } from "node:path";
import type { CheckPool } from "@troupe/hash-worker";
import type { OpenStorage, StorageOpened, TorrentFault } from "@troupe/messages";
import { hasBit, type PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { askFile } from "../engine/file-calls.ts";
import { say } from "./event-outbox.ts";
import { setState } from "./state.ts";
import type { TorrentJob } from "./torrent-job.ts";

const openDeadlineMs = 60_000;

type CheckRequest = Parameters<CheckPool["checkPieces"]>[0];

/** Opens the storage and checks what it holds. @returns why the torrent cannot run, if so. */
export async function checkFound(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const mark = job.filesMark;
  job.isChecked = false;
  job.filesMark = undefined;
  const question = { ...storageOf(job), ...(mark !== undefined && { mark }) };
  const opened = await askFile(engine, "open-storage", question, {
    deadlineMs: openDeadlineMs,
    signal,
  });
  if (opened === undefined) return undefined;
  if ("refused" in opened) return { code: opened.refused, message: opened.message };
  if (opened.isUnchanged !== true) await checkAnew(engine, job, opened, signal);
  if (signal.aborted) return undefined;
  job.isChecked = true;
  say(engine, job, { event: "checked", bitfield: job.map.snapshot() });
  return undefined;
}

/** What was had before a stop or an error is not believed: anybody may have touched the files since. */
async function checkAnew(
  engine: Engine,
  job: TorrentJob,
  { foundBytes }: StorageOpened,
  signal: AbortSignal,
): Promise<void> {
  job.ledger.forgetHad();
  const isAnythingThere = foundBytes.some((bytes) => bytes > 0);
  if (isAnythingThere) await hashFound(engine, job, signal);
}

/** The message that opens a torrent's storage; said again to a new file-worker. */
export function storageOf(job: TorrentJob): OpenStorage {
  const { metainfo, request } = job;
  return {
    torrent: job.id,
    root: request.directory,
    files: metainfo.files.map(({ path, lengthBytes, isPadding }) => ({
      path,
      lengthBytes,
      isPadding,
    })),
    pieceLengthBytes: metainfo.geometry.pieceLengthBytes,
    totalBytes: metainfo.geometry.totalBytes,
  };
}

async function hashFound(engine: Engine, job: TorrentJob, signal: AbortSignal): Promise<void> {
  setState(engine, job, "checking");
  const check = async (): Promise<Uint8Array> =>
    await engine.checkPool.checkPieces(checkRequest(engine, job, signal));
  const verdict = await engine.checks.run(check, signal);
  if (signal.aborted) return;
  for (let piece = 0; piece < job.metainfo.geometry.pieceCount; piece++) {
    // One that was sealed before a stop is on its way to the disk still: its own write tells how it went.
    const index = piece as PieceIndex;
    if (hasBit(verdict, piece) && job.ledger.isMissing(index)) job.ledger.toHad(index);
  }
}

function checkRequest(engine: Engine, job: TorrentJob, signal: AbortSignal): CheckRequest {
  const { metainfo, request } = job;
  return {
    files: metainfo.files.map(({ path, lengthBytes, isPadding }) => ({
      path: join(request.directory, ...path),
      lengthBytes,
      isPadding,
    })),
    pieceLengthBytes: metainfo.geometry.pieceLengthBytes,
    totalBytes: metainfo.geometry.totalBytes,
    hashes: metainfo.pieceHashes,
    onProgress: (done, total) => say(engine, job, { event: "checking", done, total }),
    onUnreadable: (path, code) =>
      say(engine, job, {
        event: "warning",
        code: "file-unreadable",
        message: `cannot read ${path}: ${code}; its pieces count as missing`,
      }),
    signal,
  };
}
