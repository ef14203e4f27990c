// When memory is full, stalled pieces make room.

import { mayRequest } from "../download/downloads.ts";
import { barrenFactor, maxStallPatienceMs, memoryStallMs } from "../limits.ts";
import { stallTimeoutMs, returnLease } from "../download/leases.ts";
import { moveOutOfReserved } from "./memory-moves.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import type { Torrent } from "../torrent.ts";

interface Victim {
  readonly torrent: Torrent;
  readonly piece: PieceInProgress;
}

/**
 * Makes room for torrents that wait for memory. Call it once a second.
 *
 * Open pieces move out of the reserved area. When a torrent without an open piece has waited 5 s, torrents without a
 * block for 5 s give up their least complete piece; if that is not enough, torrents with several open pieces do. When
 * no torrent gained a block for 20 s, the least complete piece of all is given up for any waiting torrent. The bytes of
 * a given-up piece count as wasted.
 */
export function relieveMemory(worker: PeerWorker, nowMs: number): void {
  if (worker.memoryQueue.isMemoryShort) {
    moveOutOfReserved(worker);
    freeMemory(worker, nowMs);
  }
  relieveStandstill(worker, nowMs);
}

function freeMemory(worker: PeerWorker, nowMs: number): void {
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
    const spare = leastComplete(worker, ({ leases }) => leases.open.size > 1);
    if (spare === undefined) return;
    missingBytes -= spare.piece.place.extentBytes;
    returnLease(spare.torrent, spare.piece.piece, false);
    moveOutOfReserved(worker);
  }
}

/** Whether no block came for longer than the torrent's patience and a slow peer's block time. */
function isStalled(torrent: Torrent, nowMs: number): boolean {
  const silentMs = nowMs - Math.max(torrent.gainedAtMs, torrent.firstOpenedAtMs);
  if (silentMs < torrent.stallPatienceMs) return false;
  return [...torrent.leases.open.values()].every((piece) => silentMs >= stallTimeoutMs(piece));
}

/**
 * Gives up the piece and doubles the torrent's patience: two torrents that take memory from each other at every pause
 * of their peers would complete no piece. A torrent without any block goes behind the others for twelve times as long
 * as it held the memory.
 */
function giveUpStalled({ torrent, piece }: Victim, nowMs: number): void {
  if (torrent.gainedAtMs < torrent.firstOpenedAtMs) {
    torrent.barrenUntilMs = nowMs + barrenFactor * torrent.stallPatienceMs;
  }
  torrent.stallPatienceMs = Math.min(2 * torrent.stallPatienceMs, maxStallPatienceMs);
  returnLease(torrent, piece.piece, false);
}

/** Time without a requestable peer does not count: open pieces wait for peers. */
function relieveStandstill(worker: PeerWorker, nowMs: number): void {
  for (const { gainedAtMs } of worker.torrents.values()) {
    worker.lastGainAtMs = Math.max(worker.lastGainAtMs, gainedAtMs);
  }
  if (!hasRequestablePeer(worker)) worker.lastGainAtMs = nowMs;
  if (!worker.memoryQueue.isMemoryShort || nowMs - worker.lastGainAtMs < memoryStallMs) return;
  worker.lastGainAtMs = nowMs;
  const least = leastComplete(worker, () => true);
  if (least !== undefined) returnLease(least.torrent, least.piece.piece, false);
}

/** The least complete open piece of the torrents that `mayLose` a piece. */
function leastComplete(
  worker: PeerWorker,
  mayLose: (torrent: Torrent) => boolean,
): Victim | undefined {
  let least: Victim | undefined;
  let leastShare = Infinity;
  for (const torrent of worker.torrents.values()) {
    if (!mayLose(torrent)) continue;
    for (const piece of torrent.leases.open.values()) {
      const share = piece.receivedCount / piece.blockCount;
      if (piece.place.extentBytes === 0 || share >= leastShare) continue;
      least = { torrent, piece };
      leastShare = share;
    }
  }
  return least;
}

function hasRequestablePeer(worker: PeerWorker): boolean {
  for (const torrent of worker.torrents.values()) {
    for (const session of torrent.sessions) if (mayRequest(session)) return true;
  }
  return false;
}
