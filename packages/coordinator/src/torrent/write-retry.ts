// Verified pieces that the disk did not take. What passes by itself (a full disk, a folder that may not be written to, a
// volume that is away) is waited for with the pieces in hand: the torrent is in the state `error` and serves on, begins
// nothing, and tries one piece every 5 s. An I/O error is tried three times and is final then. A folder in which this
// run could write nothing at all is no disk that is away: it is refused at once, unless it is only full, or a file has a
// second name.
//
//   active ──refused──► error, pieces held ──a try was written──► active, the rest is written

import type { StorageRefusal, WritePiece } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import { emit } from "./event-outbox.ts";
import { abandonPiece } from "./piece-memory.ts";
import { setState } from "./state.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** Milliseconds between two tries. */
export const retryAfterMs = 5_000;
/** Tries after an I/O error, each twice as long after the one before. */
export const ioTries = 3;
const firstIoTryMs = 1_000;

/** What somebody can mend without us: the disk is asked until it is. */
const passingCodes: ReadonlySet<string> = new Set([
  "disk-full",
  "disk-not-answering",
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOENT",
  "ENOTDIR",
  "ENODEV",
  "ENOTCONN",
  "ESTALE",
  "not-a-file",
  "path-outside-root",
  "file-too-long",
  "file-linked",
]);
/** The same, also of a torrent that has written nothing yet: nothing else keeps it from writing. */
const clearCodes: ReadonlySet<string> = new Set(["disk-full", "file-linked"]);

/** Whether somebody can mend what this refusal says. */
export function isPassing(refused: string): boolean {
  return passingCodes.has(refused);
}

/** A disk that does not take pieces of one torrent. */
export interface DiskTrouble {
  readonly code: string;
  readonly held: WritePiece[];
  /** The piece that is being tried. */
  tried: PieceIndex | undefined;
  tries: number;
}

/** @returns False when there is nothing to wait for. */
export function holdWrite(
  engine: Engine,
  job: TorrentJob,
  write: WritePiece,
  { refused, message }: StorageRefusal,
): boolean {
  const mayPass = clearCodes.has(refused) || (job.hasWritten && isPassing(refused));
  if (!job.isRunning || !(mayPass || refused === "EIO")) return false;
  const { trouble } = job;
  if (trouble !== undefined) {
    const wasTried = trouble.tried === write.piece;
    if (wasTried && !tryLater(engine, job, trouble)) return false;
    // The pieces behind it may be for files with one name: written, they would end the waiting.
    if (wasTried && trouble.code === "file-linked") trouble.held.unshift(write);
    else trouble.held.push(write);
    return true;
  }
  const began: DiskTrouble = { code: refused, held: [write], tried: undefined, tries: 0 };
  job.trouble = began;
  emit(engine, job, { event: "warning", code: refused, message });
  if (mayPass) {
    job.fault = { code: refused, message: waitingSentence(refused, message) };
    setState(engine, job, "error");
  }
  return tryLater(engine, job, began);
}

function waitingSentence(refused: string, message: string): string {
  return refused === "disk-full"
    ? `waiting for space: ${message}; it goes on by itself once there is room`
    : `${message}; it goes on by itself once that is mended`;
}

/** A piece has been written: when it was the one that was tried, everything goes on. */
export function endTroubleBy(engine: Engine, job: TorrentJob, piece: PieceIndex): void {
  const { trouble } = job;
  if (trouble === undefined || trouble.tried !== piece) return;
  job.trouble = undefined;
  if (job.state === "error") {
    job.fault = undefined;
    setState(engine, job, job.isPauseWanted ? "paused" : "active");
  }
  for (const write of trouble.held) job.disk.pendingWrites.write(write);
}

/** The user does not want to wait for the next try. */
export function tryNow(job: TorrentJob): void {
  if (job.trouble !== undefined && job.trouble.tried === undefined) tryOne(job, job.trouble);
}

/** The torrent is closed: what is held is given up, and missing. */
export function giveUpHeld(engine: Engine, job: TorrentJob): void {
  const held = job.trouble?.held ?? [];
  job.trouble = undefined;
  for (const { piece, slab: id } of held) {
    const slab = engine.slabs.get(id);
    if (slab !== undefined) abandonPiece(engine, job, piece, slab);
  }
}

function tryLater(engine: Engine, job: TorrentJob, trouble: DiskTrouble): boolean {
  trouble.tried = undefined;
  const isIo = trouble.code === "EIO";
  if (isIo && trouble.tries >= ioTries) return false;
  const ms = isIo ? firstIoTryMs * 2 ** trouble.tries : retryAfterMs;
  trouble.tries++;
  engine.context.timers.after(ms, () => {
    if (job.trouble === trouble && trouble.tried === undefined) tryOne(job, trouble);
  });
  return true;
}

function tryOne({ disk }: TorrentJob, trouble: DiskTrouble): void {
  const write = trouble.held.shift();
  if (write === undefined) return;
  trouble.tried = write.piece;
  disk.pendingWrites.write(write);
}
