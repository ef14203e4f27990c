// When memory is full, pieces that do not get on make room (design: memory rule c).

import { mayRequest } from "./downloads.ts";
import { barrenFactor, maxStallPatienceMs, memoryStallMs } from "./limits.ts";
import { patienceWith, returnLease } from "./leases.ts";
import { moveOutOfReserved } from "./memory-moves.ts";
import type { PeerWorker } from "./peer-worker.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";
import type { Torrent } from "./torrent.ts";

/** An open piece that may be given up. */
interface Victim {
  readonly torrent: Torrent;
  readonly piece: PieceInProgress;
}

/**
 * Makes room for torrents that wait for memory. To be called once a second.
 *
 * Pieces are moved out of the area that is reserved for the first torrent in the queue. For torrents that have no open
 * piece and have waited 5 s, those that got no block for 5 s give up their least complete piece, and then, for the first
 * of them, those that have more than one. When no piece of any torrent gained a block for 20 s, the least complete one
 * is given up for any torrent that waits. What had arrived of a piece that is given up counts as wasted.
 */
export function relieveMemory(worker: PeerWorker, nowMs: number): void {
  if (!worker.memoryQueue.isEmpty) {
    moveOutOfReserved(worker);
    makeWay(worker, nowMs);
  }
  relieveStandstill(worker, nowMs);
}

function makeWay(worker: PeerWorker, nowMs: number): void {
  const overdue = worker.memoryQueue.overdue(nowMs);
  const [first] = overdue;
  if (first === undefined) return;
  for (let count = 0; count < overdue.length; count++) {
    const stalled = leastComplete(worker, (torrent) => isStalled(torrent, nowMs));
    if (stalled === undefined) break;
    giveUpStalled(stalled, nowMs);
  }
  moveOutOfReserved(worker);
  const { downloads } = worker;
  let missingBytes = downloads.extentBytes(first.lengthBytes) - downloads.freeBytes;
  while (missingBytes > 0) {
    const spare = leastComplete(worker, ({ book }) => book.open.size > 1);
    if (spare === undefined) return;
    missingBytes -= spare.piece.place.extentBytes;
    returnLease(spare.torrent, spare.piece.piece, false);
    moveOutOfReserved(worker);
  }
}

/** Whether no block has come for so long that the torrent has no use for its memory. */
function isStalled(torrent: Torrent, nowMs: number): boolean {
  const silentMs = nowMs - Math.max(torrent.gainedAtMs, torrent.firstOpenedAtMs);
  if (silentMs < torrent.stallPatienceMs) return false;
  return [...torrent.book.open.values()].every((piece) => silentMs >= patienceWith(piece));
}

/**
 * The torrent is given twice the time before it gives up the next: two that take memory from each other would never get
 * on. When it got no block at all, others go first for twelve times as long as it held the memory for nothing.
 */
function giveUpStalled({ torrent, piece }: Victim, nowMs: number): void {
  if (torrent.gainedAtMs < torrent.firstOpenedAtMs) {
    torrent.barrenUntilMs = nowMs + barrenFactor * torrent.stallPatienceMs;
  }
  torrent.stallPatienceMs = Math.min(2 * torrent.stallPatienceMs, maxStallPatienceMs);
  returnLease(torrent, piece.piece, false);
}

/** Time without a peer that could be asked does not count: what is open then waits for the peers to come back. */
function relieveStandstill(worker: PeerWorker, nowMs: number): void {
  for (const { gainedAtMs } of worker.torrents.values()) {
    worker.lastGainAtMs = Math.max(worker.lastGainAtMs, gainedAtMs);
  }
  if (!hasTaker(worker)) worker.lastGainAtMs = nowMs;
  if (worker.memoryQueue.isEmpty || nowMs - worker.lastGainAtMs < memoryStallMs) return;
  worker.lastGainAtMs = nowMs;
  const least = leastComplete(worker, () => true);
  if (least !== undefined) returnLease(least.torrent, least.piece.piece, false);
}

/** The open piece of which the smallest share has come, of the torrents that `mayLose` one. */
function leastComplete(
  worker: PeerWorker,
  mayLose: (torrent: Torrent) => boolean,
): Victim | undefined {
  let least: Victim | undefined;
  let leastShare = Infinity;
  for (const torrent of worker.torrents.values()) {
    if (!mayLose(torrent)) continue;
    for (const piece of torrent.book.open.values()) {
      const share = piece.receivedCount / piece.blockCount;
      if (piece.place.extentBytes === 0 || share >= leastShare) continue;
      least = { torrent, piece };
      leastShare = share;
    }
  }
  return least;
}

/** Whether there is a peer that memory could be used for. */
function hasTaker(worker: PeerWorker): boolean {
  for (const torrent of worker.torrents.values()) {
    for (const session of torrent.sessions) if (mayRequest(session)) return true;
  }
  return false;
}
