// What lies on disk before a torrent runs: what a record vouches for is had at once, everything else that is found is
// hashed first. Nothing is ever truncated or believed without a reason; the rules are those of the file-worker's trust.ts.

import {
  needsOwnMemory,
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
import { addBits, bitsInBoth, bitsWithout, spellBytes, type PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { askFile } from "../engine/file-calls.ts";
import {
  doubtFound,
  forgetDoubts,
  piecesBeside,
  sayBadSamples,
  sayTouched,
  undoubtedLeftBytes,
} from "./doubts.ts";
import { say } from "./event-outbox.ts";
import { hashPieces, hashSamples } from "./hash-pieces.ts";
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
  forgetDoubts(job);
  job.unsampled.clear();
  const { foundBytes, known } = opened;
  if (known === undefined) await checkAll(engine, job, { foundBytes, parts }, signal);
  else await checkKnown(engine, job, { foundBytes, parts, known }, signal);
  if (signal.aborted) return undefined;
  job.isChecked = true;
  keepPieces(job);
  const isGoingOn = job.isCheckGoingOn;
  say(engine, job, { event: "checked", bitfield: job.map.snapshot(), isGoingOn });
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
  const leftBytes = undoubtedLeftBytes(job);
  if (leftBytes === 0 || job.request.mode !== "download") return undefined;
  warnOfLargePieces(engine, job);
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

/** A piece that does not fit into the memory for downloads gets memory that the user has not allowed for. */
function warnOfLargePieces(engine: Engine, job: TorrentJob): void {
  const { pieceLengthBytes } = job.metainfo.geometry;
  const { downloadBytes = Infinity } = engine.seats[0] ?? {};
  if (!needsOwnMemory(pieceLengthBytes, downloadBytes)) return;
  const { memoryBytes } = engine.options;
  say(engine, job, {
    event: "warning",
    code: "large-pieces",
    message: `a piece of ${spellBytes(pieceLengthBytes)} does not fit into the payload memory of ${spellBytes(memoryBytes)}: one at a time gets memory of its own, ${spellBytes(pieceLengthBytes + memoryBytes)} in all`,
  });
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
  const { doubted, samples, toHash, touched, trusted } = known;
  if (hasAny(samples) || hasAny(toHash)) setState(engine, job, "checking");
  if (hasAny(toHash)) {
    takeHad(job, await hashPieces(engine, job, { parts, pieces: toHash }, signal), signal);
  }
  if (signal.aborted) return;
  const { bad, left } = await hashSamples(engine, job, { parts, pieces: samples }, signal);
  if (signal.aborted) return;
  job.unsampled = left;
  const inDoubt = doubted.slice();
  if (bad.length > 0) {
    sayBadSamples(engine, job, bad.length);
    addBits(inDoubt, bitsInBoth(trusted, piecesBeside(job, bad)));
  }
  takeHad(job, bitsWithout(trusted, inDoubt), signal);
  doubtFound(job, inDoubt);
  if (touched.length > 0) sayTouched(engine, job, touched);
}

function hasAny(pieces: Uint8Array): boolean {
  return pieces.some((byte) => byte !== 0);
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
