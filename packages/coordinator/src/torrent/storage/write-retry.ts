// Verified pieces that the disk refused. If the cause can pass (a full disk, a read-only folder, an unmounted volume),
// the torrent is in the state `error`, keeps the pieces and keeps uploading, leases nothing, and tries one piece every
// 5 s. An I/O error is final after three tries. A folder in which this run has written nothing is refused at once,
// unless the disk is full or a file has a second name.
//
//   active ──refused──► waiting-for-disk, pieces held ──a try was written──► active, the rest is written

import type { StorageRefusal, TorrentFault } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { VerifiedPiece } from "../../engine/base/verified-piece.ts";
import type { HeldPieces } from "../lifecycle/events.ts";
import { isPassing } from "../lifecycle/faults.ts";
import { abandonPiece } from "../pieces/piece-memory.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

/** Milliseconds between two tries. */
export const retryAfterMs = 5_000;
/** Tries after an I/O error; each pause is twice the last. */
const ioTries = 3;
const firstIoTryMs = 1_000;

/** Causes that pass even before the first write. */
const clearCodes: ReadonlySet<string> = new Set(["disk-full", "file-linked"]);

/** @returns Whether the piece is held. */
export function holdWrite(
  engine: Pick<Engine, "context">,
  job: TorrentJob,
  write: VerifiedPiece,
  { refused, message }: StorageRefusal,
): boolean {
  const mayPass = clearCodes.has(refused) || (job.storage.hasWritten && isPassing(refused));
  if (!job.isRunning || !(mayPass || refused === "EIO")) return false;
  const { held } = job.life;
  if (held !== undefined) {
    const wasTried = held.tried === write.piece;
    if (wasTried && !tryLater(engine, job, held)) return false;
    // The next pieces may belong to files with one name; their writes would end the wait.
    if (wasTried && held.code === "file-linked") held.writes.unshift(write);
    else held.writes.push(write);
    return true;
  }
  const began: HeldPieces = { code: refused, writes: [write], tried: undefined, tries: 0 };
  job.outbox.emit({ event: "warning", code: refused, message });
  const fault = waitingFault(refused, message);
  job.life.dispatch({ event: "writes-held", held: began, ...(mayPass && { fault }) });
  return tryLater(engine, job, began);
}

function waitingFault(code: string, message: string): TorrentFault {
  return code === "disk-full"
    ? { code, message: `waiting for space: ${message}`, continuesOnce: "there is room" }
    : { code, message, continuesOnce: "that is mended" };
}

/** The torrent continues once the tried piece is written. */
export function endTroubleBy({ life }: TorrentJob, piece: PieceIndex): void {
  if (life.held?.tried === piece) life.dispatch({ event: "writes-taken" });
}

/** Tries at once, at the user's wish. */
export function tryNow(job: TorrentJob): void {
  const { held } = job.life;
  if (held !== undefined && held.tried === undefined) tryOne(job, held);
}

/** The torrent is closed: its held pieces become missing. */
export function giveUpHeld(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: JobWithContent,
  held: HeldPieces | undefined,
): void {
  for (const { piece, slab: id } of held?.writes ?? []) {
    const slab = engine.memory.slabs.get(id);
    if (slab !== undefined) abandonPiece(engine, job, piece, slab);
  }
}

function tryLater(engine: Pick<Engine, "context">, job: TorrentJob, held: HeldPieces): boolean {
  held.tried = undefined;
  const isIo = held.code === "EIO";
  if (isIo && held.tries >= ioTries) return false;
  const ms = isIo ? firstIoTryMs * 2 ** held.tries : retryAfterMs;
  held.tries++;
  engine.context.timers.after(ms, () => {
    if (job.life.held === held && held.tried === undefined) tryOne(job, held);
  });
  return true;
}

function tryOne({ disk }: TorrentJob, held: HeldPieces): void {
  const write = held.writes.shift();
  if (write === undefined) return;
  held.tried = write.piece;
  disk.pendingWrites.write(write);
}
