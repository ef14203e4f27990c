// The turns of pieces so large that there is memory for one only: who waits is answered when it is free, and a holder
// whose peers give nothing is asked to give way.

import { Total } from "@troupe/messages";
import { jobOf, type Engine } from "../../engine/base/engine-state.ts";
import { piecesWanted } from "./piece-leases.ts";

/** Answers those who wait for the oversized piece, while it is free. */
export function answerWaitingRequests(engine: Engine): void {
  const { oversizedPieces, oversizedPieceQueue } = engine.memory;
  while (!oversizedPieces.isTaken) {
    const next = oversizedPieceQueue.shift();
    if (next === undefined) return;
    piecesWanted(engine, next.job, next.peerWorker, { peers: next.wanted });
  }
}

/** Once a second: a holder that has got nothing for a minute while others wait is asked for the piece. */
export function endStandstill(engine: Engine): void {
  const { oversizedPieces, oversizedPieceQueue } = engine.memory;
  const { holder } = oversizedPieces;
  if (holder === undefined || !oversizedPieceQueue.hasOthers(holder.torrent, holder.worker)) return;
  const { torrent, worker, piece, lease } = holder;
  const job = jobOf(engine, torrent);
  const bytes = job?.traffic.tables[worker]?.totals[Total.downloadedBytes] ?? 0;
  if (!oversizedPieceQueue.checkStandstill(lease, bytes, engine.context.clock.nowMs())) return;
  // Sealed pieces have no lease any more: they end by themselves.
  if (job?.ledger.leaseOf(piece, lease) === undefined) return;
  engine.peerWorkers[worker]?.cast("revoke-lease", { torrent, piece, lease });
}
