// What lies on disk before a torrent runs: every file found is hashed first, so that a job that was interrupted
// goes on where it was, and nothing is ever truncated or believed unread. Only a torrent that was stopped in order a
// moment ago, by this very engine, finds its files untouched and goes on at once.

import { join } from "node:path";
import type { CheckPool } from "@troupe/hash-worker";
import type {
  OpenStorage,
  PartsLayout,
  StorageOpened,
  StorageRefusal,
  TorrentFault,
} from "@troupe/messages";
import { hasBit, type PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { askFile } from "../engine/file-calls.ts";
import { say } from "./event-outbox.ts";
import { setState } from "./state.ts";
import type { TorrentJob } from "./torrent-job.ts";

const openDeadlineMs = 60_000;
/** Moving out of the part file takes as long as its bytes do: 1 MB/s would be 10 GB in this time. */
const settleDeadlineMs = 10_000_000;

/** What was found, the part file as it is after a move. */
type Found = Pick<StorageOpened, "foundBytes"> & { readonly parts: PartsLayout | undefined };

type CheckRequest = Parameters<CheckPool["checkPieces"]>[0];

/** Opens the storage and checks what it holds. @returns why the torrent cannot run, if so. */
export async function checkFound(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const mark = job.filesMark;
  job.settledUnwanted = job.files.unwanted();
  job.isChecked = false;
  job.filesMark = undefined;
  const question = { ...storageOf(job), ...(mark !== undefined && { mark }) };
  const opened = await askFile(engine, "open-storage", question, {
    deadlineMs: openDeadlineMs,
    signal,
  });
  if (opened === undefined) return undefined;
  if ("refused" in opened) return { code: opened.refused, message: opened.message };
  const parts = await settledParts(engine, job, opened, signal);
  if (parts !== undefined && "refused" in parts)
    return { code: parts.refused, message: parts.message };
  if (opened.isUnchanged !== true) await checkAnew(engine, job, { ...opened, parts }, signal);
  if (signal.aborted) return undefined;
  job.isChecked = true;
  say(engine, job, { event: "checked", bitfield: job.map.snapshot() });
  return await settleWanted(engine, job, signal);
}

/** Tells the file-worker which files are wanted, when that has changed since it was told. */
export async function settleWanted(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const unwanted = job.files.unwanted();
  if (job.request.mode !== "download" || isSame(unwanted, job.settledUnwanted)) return undefined;
  job.settledUnwanted = unwanted;
  const rules = { deadlineMs: settleDeadlineMs, signal };
  const settled = await askFile(engine, "settle-parts", { torrent: job.id, unwanted }, rules);
  if (settled === undefined || !("refused" in settled)) return undefined;
  return { code: settled.refused, message: settled.message };
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** What the part file has of files that are wanted by now goes where it belongs. Who only looks moves nothing. */
async function settledParts(
  engine: Engine,
  job: TorrentJob,
  { parts }: StorageOpened,
  signal: AbortSignal,
): Promise<PartsLayout | StorageRefusal | undefined> {
  if (parts === undefined || job.request.mode !== "download") return parts;
  const question = { torrent: job.id, unwanted: job.files.unwanted() };
  const settled = await askFile(engine, "settle-parts", question, {
    deadlineMs: settleDeadlineMs,
    signal,
  });
  return settled === undefined || "refused" in settled ? settled : settled.parts;
}

/** What was had before a stop or an error is not believed: anybody may have touched the files since. */
async function checkAnew(
  engine: Engine,
  job: TorrentJob,
  { foundBytes, parts }: Found,
  signal: AbortSignal,
): Promise<void> {
  job.ledger.forgetHad();
  const isAnythingThere = foundBytes.some((bytes) => bytes > 0) || parts !== undefined;
  if (isAnythingThere) await hashFound(engine, job, parts, signal);
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
    unwanted: job.files.unwanted(),
    partFile: `.${metainfo.infoHash}.parts`,
  };
}

async function hashFound(
  engine: Engine,
  job: TorrentJob,
  parts: PartsLayout | undefined,
  signal: AbortSignal,
): Promise<void> {
  setState(engine, job, "checking");
  const check = async (): Promise<Uint8Array> =>
    await engine.checkPool.checkPieces(checkRequest(engine, job, parts, signal));
  const verdict = await engine.checks.run(check, signal);
  if (signal.aborted) return;
  for (let piece = 0; piece < job.metainfo.geometry.pieceCount; piece++) {
    // One that was sealed before a stop is on its way to the disk still: its own write tells how it went.
    const index = piece as PieceIndex;
    if (hasBit(verdict, piece) && job.ledger.isMissing(index)) job.ledger.toHad(index);
  }
}

function checkRequest(
  engine: Engine,
  job: TorrentJob,
  parts: PartsLayout | undefined,
  signal: AbortSignal,
): CheckRequest {
  return {
    ...checkedTorrent(job, parts),
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

/** What the check pool has to know of a torrent. */
export function checkedTorrent(
  { metainfo, request }: TorrentJob,
  parts: PartsLayout | undefined,
): CheckRequest {
  const { pieceLengthBytes, totalBytes } = metainfo.geometry;
  return {
    files: metainfo.files.map(({ path, lengthBytes, isPadding }) => ({
      path: join(request.directory, ...path),
      lengthBytes,
      isPadding,
    })),
    pieceLengthBytes,
    totalBytes,
    hashes: metainfo.pieceHashes,
    ...(parts !== undefined && {
      parts: { path: parts.path, files: new Set(parts.files), slots: new Map(parts.slots) },
    }),
  };
}
