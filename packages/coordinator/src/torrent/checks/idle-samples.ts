// Looks that the torrents of a running engine take at their own files, by the clock: suspect pieces are hashed, and of
// what was believed after a cut some pieces are hashed as samples, in idle time. One look at samples is under way on each
// disk, then comes a rest of 19 times as long, of 99 times while anything is transferred.

import { flush, emit } from "../../engine/base/event-outbox.ts";
import { checkRanges, isTransferring } from "./recheck.ts";
import { suspectBeside } from "./suspect-pieces.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { failAtCheck, incomplete } from "../lifecycle/faults.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { type PieceIndex, rangesOf } from "@troupe/protocol";
import type { TorrentContent } from "../torrent-content.ts";
import { hasContent, type JobWithContent, type TorrentJob } from "../torrent-job.ts";

/** Pieces looked at between two rests: one at least. */
const batchBytes = 4 * 1024 * 1024;
const batchPieces = 64;
/** A look takes 5 % of the disk's time, and 1 % while anything is transferred. */
const idleRest = 19;
const busyRest = 99;

/** Has pieces hashed that are suspect since the last call. */
export function hashNewSuspects(
  engine: Pick<Engine, "context" | "peerWorkers" | "torrents">,
  job: JobWithContent,
): void {
  const { checks } = job.content;
  const suspects = checks.newSuspects;
  if (suspects.length === 0) return;
  checks.newSuspects = [];
  hashSuspects(engine, job, suspects).catch((error: unknown) => failEngine(engine, job, error));
}

async function hashSuspects(
  engine: Pick<Engine, "context" | "peerWorkers" | "torrents">,
  job: JobWithContent,
  suspects: readonly PieceIndex[],
): Promise<void> {
  const { checks, ledger } = job.content;
  const { signal } = job.life;
  try {
    const verdict = verdictEmitter(engine, job);
    await checkRanges(engine, job, rangesOf(suspects), { signal, verdict });
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  }
  // Of a torrent that was stopped meanwhile nothing is believed, and its next start doubts anew.
  if (signal.aborted || !checks.isGoingOn) return;
  checks.isGoingOn = false;
  emit(engine, job, { event: "checked", bitfield: ledger.map.snapshot() });
  const isShort = job.request.mode === "seed-only" && !ledger.isComplete;
  if (isShort) job.life.fail(incomplete(job));
  flush(engine, job);
}

/** Looks at the next samples on each disk, if it is the moment for it. */
export function hashIdleSamples(
  engine: Pick<Engine, "context" | "disks" | "peerWorkers" | "torrents">,
): void {
  for (const disk of engine.disks) hashSamplesOnDisk(engine, disk);
}

function hashSamplesOnDisk(
  engine: Pick<Engine, "context" | "peerWorkers" | "torrents">,
  disk: DiskHandle,
): void {
  const { sampling, pendingWrites, watch } = disk;
  if (sampling.isSampling || engine.context.clock.nowMs() < sampling.restsUntilMs) return;
  const job = nextToSample(engine, disk);
  if (job === undefined || pendingWrites.size > 0 || watch.state !== "answering") return;
  sampling.isSampling = true;
  sampling.last = job.id;
  hashNextSamples(engine, job)
    .catch((error: unknown) => failEngine(engine, job, error))
    .finally(() => (sampling.isSampling = false));
}

/** The first torrent behind the last one that has samples left. */
function nextToSample(
  { torrents }: Pick<Engine, "torrents">,
  disk: DiskHandle,
): JobWithContent | undefined {
  const { last } = disk.sampling;
  let first: JobWithContent | undefined;
  for (const job of torrents.values()) {
    if (!hasContent(job) || !job.isRunning || job.disk !== disk) continue;
    if (job.content.checks.unsampled.size === 0) continue;
    if (last === undefined || job.id > last) return job;
    first ??= job;
  }
  return first;
}

async function hashNextSamples(
  engine: Pick<Engine, "context" | "peerWorkers" | "torrents">,
  job: JobWithContent,
): Promise<void> {
  const { clock } = engine.context;
  const { signal } = job.life;
  const { sampling } = job.disk;
  const pieces = nextSamples(job.content);
  if (pieces.length === 0) return;
  const bad: number[] = [];
  const emitVerdict = verdictEmitter(engine, job);
  const startedAtMs = clock.nowMs();
  try {
    await checkRanges(engine, job, rangesOf(pieces), {
      signal,
      verdict: (first, verdicts) => {
        for (const [index, isGood] of verdicts.entries()) {
          job.content.checks.unsampled.delete((first + index) as PieceIndex);
          if (isGood === 1) continue;
          bad.push(first + index);
          emitVerdict(first + index, Uint8Array.of(0));
        }
      },
    });
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  }
  const nowMs = clock.nowMs();
  const rest = isTransferring(engine) ? busyRest : idleRest;
  sampling.restsUntilMs = nowMs + (nowMs - startedAtMs) * rest;
  if (bad.length > 0 && !signal.aborted) suspectBeside(engine, job, bad);
}

/** Those that are had no more need no look: whatever they will be has to be found good first. */
function nextSamples({ checks, ledger }: TorrentContent): PieceIndex[] {
  const { pieceLengthBytes } = ledger.geometry;
  const most = Math.max(1, Math.min(batchPieces, Math.floor(batchBytes / pieceLengthBytes)));
  const pieces: PieceIndex[] = [];
  for (const piece of checks.unsampled) {
    if (!ledger.map.has(piece)) checks.unsampled.delete(piece);
    else if (pieces.push(piece) === most) break;
  }
  return pieces;
}

function verdictEmitter(engine: Pick<Engine, "context">, job: TorrentJob) {
  return (first: number, verdicts: Uint8Array): void => {
    for (const [index, isGood] of verdicts.entries()) {
      emit(engine, job, { event: "piece", index: first + index, verified: isGood === 1 });
    }
  };
}
