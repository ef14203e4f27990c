// Looks that the torrents of a running engine take at their own files, by the clock: doubted pieces are hashed, and of
// what was believed after a cut some pieces are hashed as samples, in idle time. One look at samples is under way on each
// disk, then comes a rest of 19 times as long, of 99 times while anything is transferred.

import { flush, say } from "./event-outbox.ts";
import { checkRanges, isTransferring, rangesOf } from "./hash-checks.ts";
import { doubtBeside } from "./doubts.ts";
import { failOver } from "../engine/holding.ts";
import { failAtCheck, failTorrent, incomplete } from "./lifecycle.ts";
import type { DiskSeat } from "../engine/disk-seat.ts";
import type { Engine } from "../engine/engine-state.ts";
import type { PieceIndex } from "@troupe/protocol";
import type { TorrentJob } from "./torrent-job.ts";

/** Pieces looked at between two rests: one at least. */
const lookBytes = 4 * 1024 * 1024;
const lookPieces = 64;
/** A look takes 5 % of the disk's time, and 1 % while anything is transferred. */
const idleRest = 19;
const busyRest = 99;

/** Has pieces hashed that are doubted since the last call. */
export function lookAtDoubted(engine: Engine, job: TorrentJob): void {
  if (job.doubtedAnew.length === 0) return;
  const doubted = job.doubtedAnew;
  job.doubtedAnew = [];
  hashDoubted(engine, job, doubted).catch((error: unknown) => failOver(engine, job, error));
}

async function hashDoubted(
  engine: Engine,
  job: TorrentJob,
  doubted: readonly PieceIndex[],
): Promise<void> {
  const { signal } = job.abort;
  try {
    const verdict = sayVerdicts(engine, job);
    await checkRanges(engine, job, rangesOf(doubted), { signal, verdict });
  } catch (error) {
    if (!signal.aborted) failAtCheck(engine, job, error);
  }
  // Of a torrent that was stopped meanwhile nothing is believed, and its next start doubts anew.
  if (signal.aborted || !job.isCheckGoingOn) return;
  job.isCheckGoingOn = false;
  say(engine, job, { event: "checked", bitfield: job.map.snapshot() });
  const isShort = job.request.mode === "seed-only" && !job.ledger.isComplete;
  if (isShort) failTorrent(engine, job, incomplete(job));
  flush(engine, job);
}

/** Looks at the next samples on each disk, if it is the moment for it. */
export function lookAtSamples(engine: Engine): void {
  for (const disk of engine.disks) lookAtDisk(engine, disk);
}

function lookAtDisk(engine: Engine, disk: DiskSeat): void {
  const { sampling, feed, watch } = disk;
  if (sampling.isLooking || engine.context.clock.nowMs() < sampling.restsUntilMs) return;
  const job = nextToSample(engine, disk);
  if (job === undefined || feed.size > 0 || watch.state !== "answering") return;
  sampling.isLooking = true;
  sampling.last = job.id;
  look(engine, job)
    .catch((error: unknown) => failOver(engine, job, error))
    .finally(() => (sampling.isLooking = false));
}

/** The first torrent behind the last one that has samples left. */
function nextToSample({ torrents }: Engine, disk: DiskSeat): TorrentJob | undefined {
  const { last } = disk.sampling;
  let first: TorrentJob | undefined;
  for (const job of torrents.values()) {
    if (job.unsampled.size === 0 || !job.isRunning || job.disk !== disk) continue;
    if (last === undefined || job.id > last) return job;
    first ??= job;
  }
  return first;
}

async function look(engine: Engine, job: TorrentJob): Promise<void> {
  const { clock } = engine.context;
  const { signal } = job.abort;
  const { sampling } = job.disk;
  const pieces = nextSamples(job);
  if (pieces.length === 0) return;
  const bad: number[] = [];
  const tell = sayVerdicts(engine, job);
  const startedAtMs = clock.nowMs();
  try {
    await checkRanges(engine, job, rangesOf(pieces), {
      signal,
      verdict: (first, verdicts) => {
        for (const [index, isGood] of verdicts.entries()) {
          job.unsampled.delete((first + index) as PieceIndex);
          if (isGood === 1) continue;
          bad.push(first + index);
          tell(first + index, Uint8Array.of(0));
        }
      },
    });
  } catch (error) {
    if (!signal.aborted) failAtCheck(engine, job, error);
  }
  const nowMs = clock.nowMs();
  const rest = isTransferring(engine) ? busyRest : idleRest;
  sampling.restsUntilMs = nowMs + (nowMs - startedAtMs) * rest;
  if (bad.length > 0 && !signal.aborted) doubtBeside(engine, job, bad);
}

/** Those that are had no more need no look: whatever they will be has to be found good first. */
function nextSamples(job: TorrentJob): PieceIndex[] {
  const { pieceLengthBytes } = job.metainfo.geometry;
  const most = Math.max(1, Math.min(lookPieces, Math.floor(lookBytes / pieceLengthBytes)));
  const pieces: PieceIndex[] = [];
  for (const piece of job.unsampled) {
    if (!job.map.has(piece)) job.unsampled.delete(piece);
    else if (pieces.push(piece) === most) break;
  }
  return pieces;
}

function sayVerdicts(engine: Engine, job: TorrentJob) {
  return (first: number, verdicts: Uint8Array): void => {
    for (const [index, isGood] of verdicts.entries()) {
      say(engine, job, { event: "piece", index: first + index, verified: isGood === 1 });
    }
  };
}
