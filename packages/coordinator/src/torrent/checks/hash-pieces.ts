import { join } from "node:path";
import { LazySet, systemWords } from "@troupe/actor-runtime";
import type { CheckPool } from "@troupe/hash-worker";
import type { PartFileLayout } from "@troupe/messages";
import { hasBit, nextBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { shuffled } from "../../shuffled.ts";
import type { JobWithContent } from "../torrent-job.ts";
import { checkPieces } from "./check-store.ts";

/** Samples may delay a start this long; the rest is read during the run. */
export const samplingMs = 2_000;
const samplesAtOnce = 1_024;

type CheckRequest = Parameters<CheckPool["checkPieces"]>[0];

/** `pieces` is a bitfield, by default all. */
interface PiecesToHash {
  readonly partFile: PartFileLayout | undefined;
  readonly pieces?: Uint8Array;
}

/** @returns The good pieces, wire order. */
export async function hashPieces(
  job: JobWithContent,
  { partFile, pieces }: PiecesToHash,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { pieceCount } = job.content.metainfo.geometry;
  const request = {
    ...checkRequest(job, partFile),
    onProgress: (done: number, total: number) =>
      job.outbox.emit({ event: "checking", done, total }),
    signal,
  };
  const ranges = pieces && rangesOf(pieces, pieceCount);
  const check = async (): Promise<Uint8Array> =>
    await checkPieces(job, { ...request, ...(ranges !== undefined && { ranges }) });
  const { checkLimit, startCheckLimit } = job.disk;
  return await startCheckLimit.run(() => checkLimit.run(check, signal), signal);
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

/** Hashes samples in random order for {@link samplingMs} at most. @returns the bad samples, and those not reached. */
export async function hashSamples(
  engine: Pick<Engine, "context">,
  job: JobWithContent,
  { partFile, pieces }: Required<PiecesToHash>,
  signal: AbortSignal,
): Promise<{ readonly bad: readonly number[]; readonly left: LazySet<PieceIndex> }> {
  const { timers, random } = engine.context;
  const order = shuffled(listOf(pieces), random);
  const left = new LazySet<PieceIndex>();
  for (const piece of order) left.add(piece);
  const bad: number[] = [];
  if (order.length === 0) return { bad, left };
  const late = new AbortController();
  const timer = timers.after(samplingMs, () => late.abort());
  const request = {
    ...checkRequest(job, partFile),
    signal: AbortSignal.any([signal, late.signal]),
    onRun: (first: number, verdicts: Uint8Array) => {
      for (const [index, isGood] of verdicts.entries()) {
        left.delete((first + index) as PieceIndex);
        if (isGood !== 1) bad.push(first + index);
      }
    },
  };
  try {
    for (let at = 0; at < order.length; at += samplesAtOnce) {
      const some = order.slice(at, at + samplesAtOnce).toSorted((one, other) => one - other);
      const ranges = some.map((piece) => [piece, piece] as const);
      await job.disk.checkLimit.run(() => checkPieces(job, { ...request, ranges }), request.signal);
    }
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
  } finally {
    timer.cancel();
  }
  return { bad, left };
}

/** The set bits as pieces, ascending. */
export function listOf(pieces: Uint8Array): PieceIndex[] {
  const list: PieceIndex[] = [];
  const last = pieces.length * 8 - 1;
  for (let at = nextBit(pieces, 0, last); at !== undefined; at = nextBit(pieces, at + 1, last)) {
    list.push(at as PieceIndex);
  }
  return list;
}

function checkRequest(job: JobWithContent, partFile: PartFileLayout | undefined): CheckRequest {
  return {
    ...checkedTorrent(job, partFile),
    onUnreadable: (path, code) =>
      job.outbox.emit({
        event: "warning",
        code: "file-unreadable",
        message: `cannot read ${path}: ${systemWords(code)}; its pieces count as missing`,
      }),
  };
}

/** @returns The path of a file once it is finished; undefined without the suffix. */
function placeWithout(suffix: string | undefined, place: string): string | undefined {
  return suffix !== undefined && place.endsWith(suffix)
    ? place.slice(0, -suffix.length)
    : undefined;
}

/** The torrent as the check pool needs it. */
export function checkedTorrent(
  job: JobWithContent,
  partFile: PartFileLayout | undefined,
): CheckRequest {
  const { metainfo } = job.content;
  const { directory, settings } = job.request;
  const { pieceLengthBytes, totalBytes } = metainfo.geometry;
  return {
    files: metainfo.files.map(({ path, lengthBytes, isPadding }, file) => {
      const place = job.storage.placed.get(file) ?? path.join("/");
      const later = placeWithout(settings.partSuffix, place);
      return {
        path: job.storage.linked.get(file)?.readAt ?? join(directory, place),
        lengthBytes,
        isPadding,
        // The file may get its name before it is read.
        ...(later !== undefined && { laterPath: join(directory, later) }),
      };
    }),
    pieceLengthBytes,
    totalBytes,
    hashes: metainfo.pieceHashes,
    ...(partFile !== undefined && {
      partFile: {
        path: partFile.path,
        files: new Set(partFile.files),
        entries: new Map(partFile.entries),
      },
    }),
  };
}
