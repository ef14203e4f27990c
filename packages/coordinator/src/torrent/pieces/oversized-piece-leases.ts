// Turns of the oversized piece: waiting requests are answered when its memory is free, and an idle holder gives way.

import { Total } from "@troupe/messages";
import type { Engine } from "../../engine/base/engine-state.ts";
import { piecesWanted, type LeaseServices } from "./piece-leases.ts";

/** Answers waiting requests while the memory is free. */
export function answerWaitingRequests(engine: LeaseServices): void {
  const { oversizedPieces, oversizedPieceQueue } = engine.memory;
  while (!oversizedPieces.isTaken) {
    const next = oversizedPieceQueue.shift();
    if (next === undefined) return;
    piecesWanted(engine, next.job, next.peerWorker, { peers: next.wanted });
  }
}

/** Once a second: revokes the lease of the piece of a holder that has received nothing for a minute while others wait. */
export function endStandstill(engine: LeaseServices & Pick<Engine, "torrents">): void {
  const { oversizedPieces, oversizedPieceQueue } = engine.memory;
  const { holder } = oversizedPieces;
  if (holder === undefined || !oversizedPieceQueue.hasOthers(holder.torrent, holder.worker)) return;
  const { torrent, worker, piece, lease } = holder;
  const content = engine.torrents.get(torrent)?.content;
  const bytes = content?.traffic.tables[worker]?.totals[Total.downloadedBytes] ?? 0;
  if (!oversizedPieceQueue.checkStandstill(lease, bytes, engine.context.clock.nowMs())) return;
  // A sealed piece has no lease, and ends by itself.
  if (content?.ledger.leaseOf(piece, lease) === undefined) return;
  engine.peerWorkers[worker]?.calls.cast("revoke-lease", { torrent, piece, lease });
}
