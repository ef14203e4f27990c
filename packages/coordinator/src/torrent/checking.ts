// What lies on disk before a torrent runs: what a record vouches for is had at once, everything else that is found is
// hashed first. Nothing is ever truncated or believed without a reason; the rules are those of the file-worker's trust.ts.

import { join } from "node:path";
import type { CheckPool } from "@troupe/hash-worker";
import {
  bitfieldBytes,
  nothingCounted,
  packFiles,
  type JobKnown,
  type OpenStorage,
  type PartsLayout,
  type PiecesSettled,
  type StorageOpened,
  type StorageRefusal,
  type StoredJob,
  type TorrentFault,
} from "@troupe/messages";
import {
  bitsWithout,
  fillBits,
  hasBit,
  setBit,
  spellBytes,
  type PieceIndex,
} from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { askFile } from "../engine/file-calls.ts";
import { say } from "./event-outbox.ts";
import { keepPieces } from "./job-facts.ts";
import { setState } from "./state.ts";
import type { TorrentJob } from "./torrent-job.ts";

const openDeadlineMs = 60_000;
/** Moving out of the part file takes as long as its bytes do: 1 MB/s would be 10 GB in this time. */
const settleDeadlineMs = 10_000_000;

/** What was found, the part file as it is after a move. */
type Found = Pick<StorageOpened, "foundBytes" | "known"> & {
  readonly parts: PartsLayout | undefined;
};

type CheckRequest = Parameters<CheckPool["checkPieces"]>[0];

/** Opens the storage and checks what it holds. @returns why the torrent cannot run, if so. */
export async function checkFound(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  job.settledUnwanted = job.files.unwanted();
  job.isChecked = false;
  const opened = await askFile(job.disk, "open-storage", storageOf(job), {
    deadlineMs: openDeadlineMs,
    signal,
  });
  if (opened === undefined) return undefined;
  if ("refused" in opened) return { code: opened.refused, message: opened.message };
  const parts = await settledParts(job, opened, signal);
  // Who has ended it meanwhile has said its state.
  if (signal.aborted) return undefined;
  if (parts !== undefined && "refused" in parts)
    return { code: parts.refused, message: parts.message };
  // What was had before a stop or an error is not believed: anybody may have touched the files since.
  job.ledger.forgetHad();
  const { foundBytes, known } = opened;
  if (known === undefined) await checkAll(engine, job, { foundBytes, parts }, signal);
  else await checkKnown(engine, job, { foundBytes, parts, known }, signal);
  if (signal.aborted) return undefined;
  job.isChecked = true;
  keepPieces(job);
  say(engine, job, { event: "checked", bitfield: job.map.snapshot() });
  return await settleWanted(job, signal);
}

/** Tells the file-worker which files are wanted, when that has changed since it was told. */
export async function settleWanted(
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const unwanted = job.files.unwanted();
  if (job.request.mode !== "download" || isSame(unwanted, job.settledUnwanted)) return undefined;
  job.settledUnwanted = unwanted;
  const settled = await settle(job, unwanted, signal);
  if (settled === undefined || !("refused" in settled)) return undefined;
  return { code: settled.refused, message: settled.message };
}

/** A folder that nothing can be written to is the torrent's error before a byte is asked for. */
export async function prepareToWrite(
  engine: Engine,
  job: TorrentJob,
  signal: AbortSignal,
): Promise<TorrentFault | undefined> {
  const { leftBytes, isComplete } = job.ledger;
  if (isComplete || job.request.mode !== "download") return undefined;
  const question = { torrent: job.id, allocation: job.request.allocation ?? "sparse" };
  const rules = { deadlineMs: settleDeadlineMs, signal };
  const prepared = await askFile(job.disk, "prepare-storage", question, rules);
  if (prepared === undefined) return undefined;
  if ("refused" in prepared) return { code: prepared.refused, message: prepared.message };
  if (prepared.freeBytes < leftBytes) {
    say(engine, job, {
      event: "warning",
      code: "low-space",
      message: `${spellBytes(leftBytes)} are missing, and "${job.request.directory}" has room for ${spellBytes(prepared.freeBytes)}`,
    });
  }
  return undefined;
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** What the part file has of files that are wanted by now goes where it belongs. Who only looks moves nothing. */
async function settledParts(
  job: TorrentJob,
  { parts }: StorageOpened,
  signal: AbortSignal,
): Promise<PartsLayout | StorageRefusal | undefined> {
  if (parts === undefined || job.request.mode !== "download") return parts;
  const settled = await settle(job, job.files.unwanted(), signal);
  return settled === undefined || "refused" in settled ? settled : settled.parts;
}

async function settle(
  { disk, id }: TorrentJob,
  unwanted: readonly number[],
  signal: AbortSignal,
): Promise<PiecesSettled | StorageRefusal | undefined> {
  const rules = { deadlineMs: settleDeadlineMs, signal };
  return await askFile(disk, "settle-parts", { torrent: id, unwanted }, rules);
}

/** The message that opens a torrent's storage; said again to a new file-worker. */
export function storageOf(job: TorrentJob): OpenStorage {
  const { metainfo, request } = job;
  const { infoHash, geometry } = metainfo;
  const stored = storedJobOf(job);
  return {
    torrent: job.id,
    root: request.directory,
    files: packFiles(metainfo.files),
    pieceLengthBytes: geometry.pieceLengthBytes,
    totalBytes: geometry.totalBytes,
    unwanted: unwantedIn(job),
    partFile: `.${infoHash}.parts`,
    isToSettle: request.mode === "download",
    ...(stored !== undefined && { job: stored }),
  };
}

/** Who only checks wants no file: of one that is not there, what was fetched lies in the part file. */
function unwantedIn({ files, metainfo, request }: TorrentJob): number[] {
  return request.mode === "check-only" ? [...metainfo.files.keys()] : files.unwanted();
}

/** Where a job's record is. Who only checks has none: he leaves no trace, and believes nothing. */
export function storedJobOf({ metainfo, request }: TorrentJob): StoredJob | undefined {
  const { mode, home = { kind: "memory" }, verify = "sample", wasKept = false } = request;
  if (mode === "check-only") return undefined;
  return { infoHash: metainfo.infoHash, home, verify, wasKept };
}

async function checkAll(
  engine: Engine,
  job: TorrentJob,
  { foundBytes, parts }: Found,
  signal: AbortSignal,
): Promise<void> {
  if (foundBytes === 0 && (parts === undefined || parts.slots.length === 0)) return;
  setState(engine, job, "checking");
  takeHad(job, await hashPieces(engine, job, { parts }, signal), signal);
}

async function checkKnown(
  engine: Engine,
  job: TorrentJob,
  { known, parts }: Found & { readonly known: JobKnown },
  signal: AbortSignal,
): Promise<void> {
  takeEarlierRuns(engine, job, known);
  const { samples, toHash } = known;
  let trusted = known.trusted;
  if (samples.length > 0 || toHash.some((byte) => byte !== 0)) {
    setState(engine, job, "checking");
    const first = toHash.slice();
    for (const piece of samples) setBit(first, piece);
    const good = await hashPieces(engine, job, { parts, pieces: first }, signal);
    if (signal.aborted) return;
    takeHad(job, good, signal);
    const bad = samples.filter((piece) => !hasBit(good, piece));
    if (bad.length > 0)
      trusted = await checkFilesOf(engine, job, { bad, first, trusted, parts }, signal);
  }
  takeHad(job, trusted, signal);
}

/** Samples that were bad, beside what has been hashed and what the record says. */
interface Doubt {
  readonly bad: readonly number[];
  readonly first: Uint8Array;
  readonly trusted: Uint8Array;
  readonly parts: PartsLayout | undefined;
}

/** A sample was bad: nothing is believed of the files that it lies in. @returns what is still believed. */
async function checkFilesOf(
  engine: Engine,
  job: TorrentJob,
  { bad, first, trusted, parts }: Doubt,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const doubted = piecesBeside(job, bad);
  const again = bitsWithout(doubted, first);
  say(engine, job, {
    event: "warning",
    code: "files-changed",
    message: `${bad.length} of the pieces that were looked at are not as they were written: their files are hashed as a whole`,
  });
  takeHad(job, await hashPieces(engine, job, { parts, pieces: again }, signal), signal);
  return bitsWithout(trusted, doubted);
}

/** Every piece with bytes in a file that holds bytes of one of these. */
function piecesBeside({ files, metainfo }: TorrentJob, pieces: readonly number[]): Uint8Array {
  const beside = new Uint8Array(bitfieldBytes(metainfo.geometry.pieceCount));
  for (const [file, { isPadding }] of metainfo.files.entries()) {
    const [first, last] = (isPadding ? undefined : files.piecesOf(file)) ?? [0, -1];
    const isBeside = pieces.some((piece) => piece >= first && piece <= last);
    if (isBeside) fillBits(beside, first, last, true);
  }
  return beside;
}

/** Counters and addresses of the runs before this engine; told once. */
function takeEarlierRuns(engine: Engine, job: TorrentJob, known: JobKnown): void {
  if (known.problem !== undefined) {
    const message = `${known.problem}; the files are hashed`;
    say(engine, job, { event: "warning", code: "record-unusable", message });
  }
  if (job.earlierRuns !== undefined) return;
  job.earlierRuns = known.counters ?? nothingCounted;
  job.knownPeers = known.peers;
  for (const { host, port } of known.peers) job.directory.add(host, port, "record");
}

/** What is to be hashed: pieces as a bitfield, by default all. */
interface Looked {
  readonly parts: PartsLayout | undefined;
  readonly pieces?: Uint8Array;
}

/** @returns The pieces that are there, wire order. */
async function hashPieces(
  engine: Engine,
  job: TorrentJob,
  { parts, pieces }: Looked,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { pieceCount } = job.metainfo.geometry;
  const request = checkRequest(engine, job, parts, signal);
  const ranges = pieces && rangesOf(pieces, pieceCount);
  const check = async (): Promise<Uint8Array> =>
    await job.disk.checkPool.checkPieces({ ...request, ...(ranges !== undefined && { ranges }) });
  return await job.disk.checks.run(check, signal);
}

function rangesOf(pieces: Uint8Array, pieceCount: number): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  let first: number | undefined;
  for (let piece = 0; piece <= pieceCount; piece++) {
    const isWanted = piece < pieceCount && hasBit(pieces, piece);
    if (isWanted) first ??= piece;
    else if (first !== undefined) {
      ranges.push([first, piece - 1]);
      first = undefined;
    }
  }
  return ranges;
}

function takeHad({ ledger }: TorrentJob, pieces: Uint8Array, signal: AbortSignal): void {
  if (signal.aborted) return;
  for (const [at, byte] of pieces.entries()) {
    for (let bit = 0; byte !== 0 && bit < 8; bit++) {
      const piece = (at * 8 + bit) as PieceIndex;
      // One that was sealed before a stop is on its way to the disk still: its own write tells how it went.
      if ((byte & (0x80 >> bit)) !== 0 && ledger.isMissing(piece)) ledger.toHad(piece);
    }
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
