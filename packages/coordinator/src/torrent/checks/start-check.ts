// The check before a torrent runs: pieces that the record vouches for are had at once, all else on the disk is hashed
// first. Files are never truncated; the file-worker's trust.ts has the rules of trust.

import {
  mergedDates,
  needsOwnMemory,
  zeroCounters,
  linksPath,
  packFiles,
  type KnownPieces,
  type OpenStorage,
  type PartFileLayout,
  type PartFileSettled,
  type StorageOpened,
  type StorageRefusal,
  type StoredJob,
  type TorrentFault,
} from "@troupe/messages";
import { wireHashes, type TorrentIdentity, type TorrentKey } from "@troupe/protocol/identity";
import { addBits, bitsInBoth, bitsWithout } from "@troupe/protocol/peer";
import { spellBytes } from "@troupe/protocol/text";
import type { Engine } from "../../engine/base/engine-state.ts";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import { isKept } from "../../kept-torrents.ts";
import { partFileName } from "../../own-folder.ts";
import {
  suspectFound,
  forgetSuspects,
  piecesBeside,
  warnOfBadSamples,
  warnOfTouchedFiles,
  leftWithoutSuspects,
} from "./suspect-pieces.ts";
import { hashPieces, hashSamples, listOf } from "./hash-pieces.ts";
import { symlinksOf } from "../storage/file-attributes.ts";
import { storedFilesOf } from "../storage/file-names.ts";
import { changePlaces, notePlaces } from "../storage/file-places.ts";
import { noteLinked, wrongLinkedFile } from "../storage/linked-files.ts";
import { shapeOf } from "../plugins/torrent-shape.ts";
import { reportPartFile } from "../storage/part-file-event.ts";
import { savePieces } from "../storage/record-updates.ts";
import { isOnItsWay } from "../storage/working-folder.ts";
import type { TorrentContent } from "../torrent-content.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

const openDeadlineMs = 60_000;
/** 10 GB at 1 MB/s. */
const settleDeadlineMs = 10_000_000;

type Found = Pick<StorageOpened, "foundBytes" | "known"> & {
  readonly partFile: PartFileLayout | undefined;
};

/** The run that a check belongs to. */
interface CheckedRun {
  readonly run: number;
  readonly signal: AbortSignal;
}

/** Opens the storage and checks it. @returns why the torrent cannot run, if so. */
export async function checkFound(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
  { run, signal }: CheckedRun,
): Promise<TorrentFault | undefined> {
  const { checks, files, ledger } = job.content;
  job.storage.settledUnwanted = files.unwanted();
  const opened = await callFileWorker(job.disk, "open-storage", openStorageMessage(job), {
    deadlineMs: openDeadlineMs,
    signal,
  });
  if (opened === undefined) return undefined;
  if ("refused" in opened) return { code: opened.refused, message: opened.message };
  notePlaces(job, opened);
  noteLinked(job, opened);
  const partFile = await settledPartFile(job, opened, signal);
  if (signal.aborted) return undefined;
  if (partFile !== undefined && "refused" in partFile)
    return { code: partFile.refused, message: partFile.message };
  // Files may have changed since the stop.
  ledger.forgetHad();
  forgetSuspects(job.content);
  checks.unsampled.clear();
  const { foundBytes, known } = opened;
  if (known === undefined) await checkAll(job, { foundBytes, partFile }, { run, signal });
  else await checkKnown(engine, job, { foundBytes, partFile, known }, { run, signal });
  if (signal.aborted) return undefined;
  job.storage.isDoubted = false;
  job.life.dispatch({ event: "checked", run });
  savePieces(job);
  const { isGoingOn } = checks;
  job.outbox.emit({ event: "checked", bitfield: ledger.map.snapshot(), isGoingOn });
  return await settleWanted(job, signal);
}

/** Sends the file-worker the unwanted files, if they have changed. */
export async function settleWanted(
  job: JobWithContent,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  if (job.storage.store !== undefined) return undefined;
  const unwanted = job.content.files.unwanted();
  if (job.request.mode !== "download" || isSame(unwanted, job.storage.settledUnwanted))
    return undefined;
  job.storage.settledUnwanted = unwanted;
  const settled = await settlePartFile(job, unwanted, signal);
  if (settled === undefined || !("refused" in settled)) return undefined;
  return { code: settled.refused, message: settled.message };
}

/** Fails the torrent before the download if its folder cannot be written to. */
export async function prepareToWrite(
  engine: Pick<Engine, "context" | "options" | "peerWorkers">,
  job: JobWithContent,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const left = leftWithoutSuspects(job.content);
  if (left.pieces === 0 || job.request.mode !== "download") return undefined;
  const wrong = wrongLinkedFile(job);
  if (wrong !== undefined) return wrong;
  warnOfLargePieces(engine, job);
  const question = { torrent: job.id, allocation: job.request.allocation ?? "sparse" };
  const rules = { deadlineMs: settleDeadlineMs, signal };
  const prepared = await callFileWorker(job.disk, "prepare-storage", question, rules);
  if (prepared === undefined) return undefined;
  if ("refused" in prepared) return { code: prepared.refused, message: prepared.message };
  changePlaces(job, prepared.finished);
  if (prepared.freeBytes < left.bytes) {
    job.outbox.emit({
      event: "warning",
      code: "low-space",
      message: `${spellBytes(left.bytes)} are missing, and "${job.request.directory}" has room for ${spellBytes(prepared.freeBytes)}`,
    });
  }
  return undefined;
}

/** Memory of an oversized piece is beyond the user's limit. */
function warnOfLargePieces(
  engine: Pick<Engine, "context" | "options" | "peerWorkers">,
  job: JobWithContent,
): void {
  const { pieceLengthBytes } = job.content.metainfo.geometry;
  const { downloadBytes = Infinity } = engine.peerWorkers[0] ?? {};
  if (!needsOwnMemory(pieceLengthBytes, downloadBytes)) return;
  const { memoryBytes } = engine.options;
  job.outbox.emit({
    event: "warning",
    code: "large-pieces",
    message: `a piece of ${spellBytes(pieceLengthBytes)} does not fit into the payload memory of ${spellBytes(memoryBytes)}: one at a time gets memory of its own, ${spellBytes(pieceLengthBytes + memoryBytes)} in all`,
  });
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** A check-only torrent moves nothing. */
async function settledPartFile(
  job: JobWithContent,
  { partFile }: StorageOpened,
  signal: AbortSignal,
): Promise<PartFileLayout | StorageRefusal | undefined> {
  if (partFile === undefined || job.request.mode !== "download") {
    reportPartFile(job, partFile);
    return partFile;
  }
  const settled = await settlePartFile(job, job.content.files.unwanted(), signal);
  return settled === undefined || "refused" in settled ? settled : settled.partFile;
}

async function settlePartFile(
  job: JobWithContent,
  unwanted: readonly number[],
  signal: AbortSignal,
): Promise<PartFileSettled | StorageRefusal | undefined> {
  const rules = { deadlineMs: settleDeadlineMs, signal };
  const request = { torrent: job.id, unwanted };
  const settled = await callFileWorker(job.disk, "settle-part-file", request, rules);
  if (settled !== undefined && !("refused" in settled)) {
    reportPartFile(job, settled.partFile);
    changePlaces(job, settled.finished);
  }
  return settled;
}

/** Sent again to a restarted file-worker. */
export function openStorageMessage(job: JobWithContent): OpenStorage {
  const { content, identity, request } = job;
  const { layout, partSuffix } = request.settings;
  const { geometry } = content.metainfo;
  const stored = storedJobOf(job);
  const store = storeOf(job);
  if (store !== undefined) return { ...storeMessage(job), ...(stored && { job: stored }), store };
  return {
    torrent: job.id,
    root: request.directory,
    files: packFiles(storedFilesOf(job)),
    pieceLengthBytes: geometry.pieceLengthBytes,
    totalBytes: geometry.totalBytes,
    unwanted: unwantedIn(job),
    mayWrite: request.mode === "download",
    isShared: layout === "no-folder" || isOnItsWay(request),
    ...(layout !== "no-folder" && { ownsEmptyFiles: true }),
    ...(partSuffix !== undefined && { partSuffix }),
    ...symlinksOf(content.metainfo),
    partFile: partFileName(identity.key),
    links: linksPathsOf(identity),
    isToSettle: request.mode === "download",
    ...(stored !== undefined && { job: stored }),
  };
}

/** A module has all bytes, those of unwanted files too: nothing lies in the folder. */
function storeMessage(job: JobWithContent): OpenStorage {
  const { pieceLengthBytes, totalBytes } = job.content.metainfo.geometry;
  return {
    torrent: job.id,
    root: job.request.directory,
    files: packFiles(storedFilesOf(job)),
    pieceLengthBytes,
    totalBytes,
  };
}

function storeOf(job: JobWithContent): OpenStorage["store"] {
  const { store: url } = job.storage;
  if (url === undefined) return undefined;
  const { infoHash, isPrivate, name } = shapeOf(job);
  return { url, infoHash, isPrivate, name };
}

/** A torrent may be on record by each of its hashes. */
function linksPathsOf(identity: TorrentIdentity): string[] {
  const keys = [...wireHashes(identity).map(String), identity.key];
  return [...new Set(keys)].map((key) => linksPath(key as TorrentKey));
}

/** A check-only torrent wants no file, so that pieces of missing files are looked for in the part file. */
function unwantedIn({ content: { files, metainfo }, request }: JobWithContent): number[] {
  return request.mode === "check-only" ? [...metainfo.files.keys()] : files.unwanted();
}

/** The place of a job's record. A torrent that is only checked, or looked at, leaves no trace and trusts nothing. */
export function storedJobOf(job: TorrentJob): StoredJob | undefined {
  const { earlierRuns, identity, request, storage } = job;
  const { hashed, home = { kind: "memory" }, mode } = request;
  // A record cannot vouch for the bytes of a module.
  const isTrusted = storage.store === undefined && !storage.isDoubted;
  const verify = isTrusted ? (request.verify ?? "sample") : "full";
  if (!isKept(mode)) return undefined;
  const { hasRunBefore = false } = request;
  // The records of this engine's own runs are later.
  const isFirstStart = earlierRuns.counters === undefined;
  const known = isFirstStart && hashed !== undefined && { hashed };
  return { key: identity.key, home, verify, hasRunBefore, ...known };
}

async function checkAll(
  job: JobWithContent,
  { foundBytes, partFile }: Found,
  { run, signal }: CheckedRun,
): Promise<void> {
  if (foundBytes === 0 && (partFile === undefined || partFile.entries.length === 0)) return;
  noteUnjudged(job.content);
  job.life.dispatch({ event: "check-begun", run });
  markHad(job.content, await hashPieces(job, { partFile }, signal), signal);
}

async function checkKnown(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
  { known, partFile }: Found & { readonly known: KnownPieces },
  { run, signal }: CheckedRun,
): Promise<void> {
  restoreEarlierRuns(job, known);
  const { doubted, samples, toHash, touched, trusted } = known;
  if (hasAny(samples) || hasAny(toHash)) job.life.dispatch({ event: "check-begun", run });
  if (hasAny(toHash)) {
    noteUnjudged(job.content);
    const good = await hashPieces(job, { partFile, pieces: toHash }, signal);
    markHad(job.content, good, signal);
  }
  if (signal.aborted) return;
  const { bad, left } = await hashSamples(engine, job, { partFile, pieces: samples }, signal);
  if (signal.aborted) return;
  job.content.checks.unsampled = left;
  const suspects = doubted.slice();
  if (bad.length > 0) {
    warnOfBadSamples(job, bad.length);
    addBits(suspects, bitsInBoth(trusted, piecesBeside(job.content, bad)));
  }
  markHad(job.content, bitsWithout(trusted, suspects), signal);
  suspectFound(job.content, listOf(suspects));
  if (touched.length > 0) warnOfTouchedFiles(job, touched);
}

/** Pieces of a torrent without hash layers look wrong until these come from peers. */
function noteUnjudged(content: TorrentContent): void {
  content.hasUnjudgedData = content.layers !== undefined;
}

function hasAny(pieces: Uint8Array): boolean {
  return pieces.some((byte) => byte !== 0);
}

/** Counters, dates and addresses, once. */
function restoreEarlierRuns(job: TorrentJob, known: KnownPieces): void {
  if (known.problem !== undefined) {
    const message = `${known.problem}; the files are hashed`;
    job.outbox.emit({ event: "warning", code: "record-unusable", message });
  }
  if (job.earlierRuns.counters !== undefined) return;
  job.earlierRuns.counters = known.counters ?? zeroCounters;
  job.earlierRuns.dates = mergedDates(job.earlierRuns.dates, known.dates);
  job.earlierRuns.isServed ||= known.isServed === true;
  job.earlierRuns.knownPeers = known.peers;
  for (const { host, port } of known.peers) job.directory.add(host, port, "record");
}

function markHad({ ledger }: TorrentContent, pieces: Uint8Array, signal: AbortSignal): void {
  if (signal.aborted) return;
  // A piece sealed before a stop is still being written.
  for (const piece of listOf(pieces)) if (ledger.isMissing(piece)) ledger.toHad(piece);
}
