import { barrenFactor, maxStallPatienceMs, memoryStallMs } from "../limits.ts";
import { stallTimeoutMs, returnLease } from "../download/leases.ts";
import { moveOutOfReserved } from "./memory-moves.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { PieceInProgress } from "../download/piece-in-progress.ts";
import type { TorrentContent } from "../torrent.ts";

interface Victim {
  readonly content: TorrentContent;
  readonly piece: PieceInProgress;
}

/**
 * Makes room for torrents that wait for memory. Call it once a second.
 *
 * Open pieces move out of the reserved area. When a torrent without an open piece has waited 5 s, torrents without a
 * block for 5 s give up their least complete piece, or else torrents with several open pieces do. When no torrent gained
 * a block for 20 s, the least complete piece of all is given up. The bytes of a given-up piece count as wasted.
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
    const stalled = leastComplete(worker, (content) => isStalled(content, nowMs));
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
    returnLease(spare.content, spare.piece.piece, false);
    moveOutOfReserved(worker);
  }
}

/** Whether no block came for longer than the torrent's patience and a slow peer's block time. */
function isStalled(content: TorrentContent, nowMs: number): boolean {
  const silentMs = nowMs - Math.max(content.gainedAtMs, content.firstOpenedAtMs);
  if (silentMs < content.stallPatienceMs) return false;
  return [...content.leases.open.values()].every((piece) => silentMs >= stallTimeoutMs(piece));
}

/**
 * Gives up the piece and doubles the torrent's patience: two torrents that take memory from each other at
 * every pause of their peers would complete no piece. A torrent without any block goes behind the others for
 * twelve times as long as it held the memory.
 */
function giveUpStalled({ content, piece }: Victim, nowMs: number): void {
  if (content.gainedAtMs < content.firstOpenedAtMs) {
    content.barrenUntilMs = nowMs + barrenFactor * content.stallPatienceMs;
  }
  content.stallPatienceMs = Math.min(2 * content.stallPatienceMs, maxStallPatienceMs);
  returnLease(content, piece.piece, false);
}

/** Time without a requestable peer does not count: open pieces wait for peers. */
function relieveStandstill(worker: PeerWorker, nowMs: number): void {
  for (const { gainedAtMs } of worker.contents()) {
    worker.lastGainAtMs = Math.max(worker.lastGainAtMs, gainedAtMs);
  }
  if (!hasRequestablePeer(worker, nowMs)) worker.lastGainAtMs = nowMs;
  if (!worker.memoryQueue.isMemoryShort || nowMs - worker.lastGainAtMs < memoryStallMs) return;
  worker.lastGainAtMs = nowMs;
  const least = leastComplete(worker, () => true);
  if (least !== undefined) returnLease(least.content, least.piece.piece, false);
}

/** The least complete open piece of the torrents that `mayLose` a piece. */
function leastComplete(
  worker: PeerWorker,
  mayLose: (content: TorrentContent) => boolean,
): Victim | undefined {
  let least: Victim | undefined;
  let leastShare = Infinity;
  for (const content of worker.contents()) {
    if (!mayLose(content)) continue;
    for (const piece of content.leases.open.values()) {
      const share = piece.receivedCount / piece.blockCount;
      if (piece.place.extentBytes === 0 || share >= leastShare) continue;
      least = { content, piece };
      leastShare = share;
    }
  }
  return least;
}

function hasRequestablePeer(worker: PeerWorker, nowMs: number): boolean {
  for (const content of worker.contents()) {
    for (const session of content.sessions) if (session.mayRequest(nowMs)) return true;
  }
  return false;
}
