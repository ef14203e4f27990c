// During transfers a check of a running torrent rests after each batch for as long as the batch took.

import { asFault, pause, type MessageOf, type ReplyOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { ApiProtocol, PartFileLayout } from "@troupe/messages";
import { type PieceRange, rangesOf } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { callFileWorker } from "../../engine/base/file-calls.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { failAtCheck } from "../lifecycle/faults.ts";
import { completeIfWhole, markPieceHad, markPiecesLost } from "../pieces/have-updates.ts";
import { checkPieces } from "./check-store.ts";
import { checkedTorrent } from "./hash-pieces.ts";
import { savePieces } from "../storage/record-updates.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";

/** The parts of the engine that check a running torrent. */
export type CheckServices = Pick<Engine, "context" | "peerWorkers" | "torrents">;

/** A batch during transfers: 5 to 20 ms of a core. */
const busyBytes = 16 * 1024 * 1024;
/** The first batch otherwise: enough for every thread of the pool. */
const quietBytes = 512 * 1024 * 1024;
/** Duration of later batches: threads wait for each other between two of them. */
const quietMs = 500;
const quietBytesMost = 2 * 1024 * 1024 * 1024;
const describeDeadlineMs = 60_000;

/** Consecutive pieces; 1 = good. */
type Verdict = (firstPiece: number, verdicts: Uint8Array) => void;

/** Events report the check's results and its end. */
export function startHashCheck(
  engine: CheckServices,
  job: TorrentJob,
  message: MessageOf<ApiProtocol, "hash-check">,
): void {
  void hashCheck(engine, job, message);
}

async function hashCheck(
  engine: CheckServices,
  job: TorrentJob,
  { check, ranges }: MessageOf<ApiProtocol, "hash-check">,
): Promise<void> {
  const cancel = new AbortController();
  try {
    if (!hasContent(job) || !job.isRunning) throw notRunningError(job);
    job.content.checks.asked.set(check, cancel);
    const signal = AbortSignal.any([cancel.signal, job.life.signal]);
    const whole: PieceRange = [0, job.content.ledger.geometry.pieceCount - 1];
    const verdict: Verdict = (first, verdicts) =>
      job.outbox.emit({ event: "hash-verdicts", check, first, verdicts });
    await checkRanges(engine, job, ranges ?? [whole], { signal, verdict });
    job.outbox.emit({ event: "hash-checked", check });
  } catch (error) {
    if (cancel.signal.aborted) return;
    const { code, message } = job.life.signal.aborted
      ? notRunningError(job)
      : asFault(error, "check-failed");
    job.outbox.emit({ event: "hash-checked", check, refused: code, message });
    if (code === "hybrid-inconsistent") failAtCheck(job, error);
  } finally {
    job.content?.checks.asked.delete(check);
    job.outbox.flush();
  }
}

/** Cancels a check without further events. */
export function cancelHashCheck(
  _engine: unknown,
  { content }: JobWithContent,
  { check }: MessageOf<ApiProtocol, "cancel-hash-check">,
): void {
  content.checks.asked.get(check)?.abort();
}

/**
 * A bad piece is no longer had, and a good piece becomes had.
 *
 * @param verdict Once for each piece.
 * @throws rejects with the signal's reason, or with the check pool's error.
 */
export async function checkRanges(
  engine: CheckServices,
  job: JobWithContent,
  ranges: readonly PieceRange[],
  { signal, verdict }: { readonly signal: AbortSignal; readonly verdict: Verdict },
): Promise<void> {
  const doubtful: number[] = [];
  await hashRanges(engine, job, ranges, signal, (first, verdicts) => {
    let unreported = 0;
    const tellUntil = (end: number): void => {
      if (end > unreported) verdict(first + unreported, verdicts.slice(unreported, end));
      unreported = end + 1;
    };
    for (const [index, isGood] of verdicts.entries()) {
      const piece = (first + index) as PieceIndex;
      if (isGood === 1) confirmPiece(engine, job, piece);
      // A piece that is not had yet may be written later: a second read may also come before its write.
      if (isGood === 1 || !isCounted(job, piece)) continue;
      // The piece may have been written or moved during the read, so it is read again.
      doubtful.push(piece);
      tellUntil(index);
    }
    tellUntil(verdicts.length);
  });
  await hashRanges(engine, job, rangesOf(doubtful), signal, (first, verdicts) => {
    const looked = [...verdicts].map((isGood, index) => ({
      piece: (first + index) as PieceIndex,
      isGood: isGood === 1,
    }));
    for (const { piece, isGood } of looked) if (isGood) confirmPiece(engine, job, piece);
    const bad = looked.filter(({ isGood }) => !isGood).map(({ piece }) => piece);
    markPiecesLost(engine, job, bad);
    verdict(first, verdicts);
  });
  savePieces(job);
  completeIfWhole(engine, job);
}

function isCounted({ content: { checks, ledger } }: JobWithContent, piece: PieceIndex): boolean {
  return ledger.map.has(piece) || checks.suspects.has(piece);
}

/** A missing or suspect piece becomes had. */
function confirmPiece(engine: CheckServices, job: JobWithContent, piece: PieceIndex): void {
  const isFound = job.content.ledger.isMissing(piece) || job.content.checks.suspects.has(piece);
  if (isFound) markPieceHad(engine, job, piece);
}

/** Reports each verdict as a `piece` event. */
export function verdictEmitter({ outbox }: TorrentJob): Verdict {
  return (first, verdicts) => {
    for (const [index, isGood] of verdicts.entries()) {
      outbox.emit({ event: "piece", index: first + index, verified: isGood === 1 });
    }
  };
}

async function hashRanges(
  engine: Pick<Engine, "context" | "torrents">,
  job: JobWithContent,
  ranges: readonly PieceRange[],
  signal: AbortSignal,
  onRun: Verdict,
): Promise<void> {
  const { clock, timers } = engine.context;
  let left = ranges;
  let bytesAtOnce = quietBytes;
  while (left.length > 0) {
    signal.throwIfAborted();
    const isBusy = isTransferring(engine);
    const { pieceLengthBytes } = job.content.ledger.geometry;
    const pieces = Math.max(1, Math.floor((isBusy ? busyBytes : bytesAtOnce) / pieceLengthBytes));
    const [now, later] = takePieces(left, pieces);
    left = later;
    const partFile = await describePartFile(job, signal);
    const startedAtMs = clock.nowMs();
    await job.storage.paths.run(async () => {
      const request = { ...checkedTorrent(job, partFile), ranges: now, signal, onRun };
      await job.disk.checkLimit.run(() => checkPieces(job, request), signal);
    }, signal);
    const tookMs = clock.nowMs() - startedAtMs;
    if (!isBusy) bytesAtOnce = quietShare(bytesAtOnce, tookMs);
    else if (left.length > 0) await pause(timers, Math.max(1, tookMs));
  }
}

/** @returns The size of the next batch. */
function quietShare(bytes: number, tookMs: number): number {
  const share = (bytes * quietMs) / Math.max(1, tookMs);
  return Math.min(Math.max(busyBytes, share), quietBytesMost);
}

/** Whether any torrent receives or sends payload. */
export function isTransferring({ torrents }: Pick<Engine, "torrents">): boolean {
  for (const { content } of torrents.values()) {
    if (content === undefined) continue;
    const { rates } = content.traffic;
    if (rates.downBytesPerSecond > 0 || rates.upBytesPerSecond > 0) return true;
  }
  return false;
}

/** The part file at this moment. */
async function describePartFile(
  job: TorrentJob,
  signal: AbortSignal,
): Promise<PartFileLayout | undefined> {
  const rules = { deadlineMs: describeDeadlineMs, signal };
  const answer = await callFileWorker(job.disk, "describe-part-file", { torrent: job.id }, rules);
  return answer?.partFile;
}

/** The part file of a running torrent. */
export async function partFileOf(
  _engine: unknown,
  job: TorrentJob,
): Promise<ReplyOf<ApiProtocol, "part-file">> {
  if (!job.isRunning) return { refused: "not-running", message: notRunningError(job).message };
  const partFile = await describePartFile(job, job.life.signal);
  return partFile === undefined ? {} : { partFile };
}

/** @returns The first `count` pieces of the ranges, and the rest. */
function takePieces(
  ranges: readonly PieceRange[],
  count: number,
): [PieceRange[], readonly PieceRange[]] {
  const taken: PieceRange[] = [];
  let room = count;
  for (const [index, [first, last]] of ranges.entries()) {
    if (last - first + 1 > room) {
      if (room > 0) taken.push([first, first + room - 1]);
      return [taken, [[first + room, last], ...ranges.slice(index + 1)]];
    }
    taken.push([first, last]);
    room -= last - first + 1;
  }
  return [taken, []];
}

function notRunningError({ name, state }: TorrentJob): TroupeError {
  return new TroupeError(
    "not-running",
    `cannot check ${name}: it is ${state}, and only a torrent that runs is checked; its start checks what is there`,
  );
}
