// When memory is full of pieces that do not get on, one of them makes room (design: memory rule c).

import { mayRequest } from "./downloads.ts";
import { memoryStallMs } from "./limits.ts";
import { returnLease } from "./leases.ts";
import type { PeerWorker } from "./peer-worker.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";
import type { Torrent } from "./torrent.ts";

/**
 * Gives up the least complete open piece of all torrents when a peer waits for memory and no open piece has gained a
 * block for 20 s. Its lease goes back with nothing, what had arrived counts as wasted. To be called once a second.
 *
 * Time without a peer that could be asked does not count: what is open then waits for the peers to come back.
 */
export function relieveMemory(worker: PeerWorker, nowMs: number): void {
  if (!hasTaker(worker)) worker.lastGainAtMs = nowMs;
  if (!worker.isMemoryShort || nowMs - worker.lastGainAtMs < memoryStallMs) return;
  let least: PieceInProgress | undefined;
  let leastOf: Torrent | undefined;
  let leastShare = Infinity;
  for (const torrent of worker.torrents.values()) {
    for (const piece of torrent.book.open.values()) {
      const share = piece.receivedCount / piece.blockCount;
      if (piece.place.extentBytes === 0 || share >= leastShare) continue;
      least = piece;
      leastOf = torrent;
      leastShare = share;
    }
  }
  worker.lastGainAtMs = nowMs;
  if (least === undefined || leastOf === undefined) {
    // Refused for the sake of another torrent's turn, and then not wanted: nothing will be freed that could tell.
    worker.isMemoryShort = false;
    return;
  }
  returnLease(leastOf, least.piece, false);
}

/** Whether there is a peer that memory could be used for. */
function hasTaker(worker: PeerWorker): boolean {
  for (const torrent of worker.torrents.values()) {
    for (const session of torrent.sessions) if (mayRequest(session)) return true;
  }
  return false;
}
