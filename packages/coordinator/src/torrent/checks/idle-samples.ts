// Checks that a running torrent begins itself: suspects are hashed at once, and in idle time samples of the pieces
// trusted after a crash. A disk checks a batch of samples, then rests 19 times as long, or 99 times during transfers.

import { checkRanges, isTransferring, verdictEmitter, type CheckServices } from "./recheck.ts";
import { suspectBeside } from "./suspect-pieces.ts";
import { failEngine } from "../../engine/base/breadcrumb.ts";
import { failAtCheck, incomplete } from "../lifecycle/faults.ts";
import type { DiskHandle } from "../../engine/base/disk-handle.ts";
import type { Engine } from "../../engine/base/engine-state.ts";
import { rangesOf } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import type { TorrentContent } from "../torrent-content.ts";
import { hasContent, type JobWithContent } from "../torrent-job.ts";

/** Size of a batch; at least one piece. */
const batchBytes = 4 * 1024 * 1024;
const batchPieces = 64;
/** A batch takes 5 % of the disk's time, and 1 % during transfers. */
const idleRest = 19;
const busyRest = 99;
/** Time between two searches for a torrent with samples. */
const searchMs = 1_000;

/** Hashes the suspects since the last call. */
export function hashNewSuspects(engine: CheckServices, job: JobWithContent): void {
  const { checks } = job.content;
  const suspects = checks.newSuspects;
  if (suspects.length === 0) return;
  checks.newSuspects = [];
  hashSuspects(engine, job, suspects).catch((error: unknown) => failEngine(engine, job, error));
}

async function hashSuspects(
  engine: CheckServices,
  job: JobWithContent,
  suspects: readonly PieceIndex[],
): Promise<void> {
  const { checks, ledger } = job.content;
  const { signal } = job.life;
  try {
    const verdict = verdictEmitter(job);
    await checkRanges(engine, job, rangesOf(suspects), { signal, verdict });
  } catch (error) {
    if (!signal.aborted) failAtCheck(job, error);
  }
  // After a stop the next start finds the suspects again.
  if (signal.aborted || !checks.isGoingOn) return;
  checks.isGoingOn = false;
  job.outbox.emit({ event: "checked", bitfield: ledger.map.snapshot() });
  const isShort = job.request.mode === "seed-only" && !ledger.isComplete;
  if (isShort) job.life.fail(incomplete(job));
  job.outbox.flush();
}

/** Hashes the next samples of each disk whose rest is over. */
export function hashIdleSamples(
  engine: Pick<Engine, "context" | "disks" | "peerWorkers" | "torrents">,
): void {
  for (const disk of engine.disks) if (disk.isWanted) hashSamplesOnDisk(engine, disk);
}

function hashSamplesOnDisk(engine: CheckServices, disk: DiskHandle): void {
  const { sampling, pendingWrites, watch } = disk;
  const nowMs = engine.context.clock.nowMs();
  if (sampling.isSampling || nowMs < sampling.restsUntilMs) return;
  const job = nextToSample(engine, disk);
  if (job === undefined) sampling.restsUntilMs = nowMs + searchMs;
  if (job === undefined || pendingWrites.size > 0 || watch.state !== "answering") return;
  sampling.isSampling = true;
  sampling.last = job.id;
  hashNextSamples(engine, job)
    .catch((error: unknown) => failEngine(engine, job, error))
    .finally(() => (sampling.isSampling = false));
}

function nextToSample(
  { torrents }: Pick<Engine, "torrents">,
  disk: DiskHandle,
): JobWithContent | undefined {
  const { last } = disk.sampling;
  let first: JobWithContent | undefined;
  for (const job of torrents.values()) {
    // First, because few torrents have samples.
    if (!hasContent(job) || job.content.checks.unsampled.size === 0) continue;
    if (!job.isRunning || job.disk !== disk) continue;
    if (last === undefined || job.id > last) return job;
    first ??= job;
  }
  return first;
}

async function hashNextSamples(engine: CheckServices, job: JobWithContent): Promise<void> {
  const { clock } = engine.context;
  const { signal } = job.life;
  const { sampling } = job.disk;
  const pieces = nextSamples(job.content);
  if (pieces.length === 0) return;
  const bad: number[] = [];
  const emitVerdict = verdictEmitter(job);
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
  if (bad.length > 0 && !signal.aborted) suspectBeside(job, bad);
}

/** A piece that is no longer had must pass a check anyway. */
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
