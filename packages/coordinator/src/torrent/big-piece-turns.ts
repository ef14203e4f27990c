// The turns of pieces so large that there is memory for one only: who waits is answered when it is free, and a holder
// whose peers give nothing is asked to give way.

import { Total } from "@troupe/messages";
import { jobOf, type Engine } from "../engine/engine-state.ts";
import { leaseWanted } from "./leasing.ts";

/** Answers those who wait for the large piece, while it is free. */
export function answerWaiting(engine: Engine): void {
  const { bigPieces, bigPieceQueue } = engine;
  while (!bigPieces.isTaken) {
    const next = bigPieceQueue.shift();
    if (next === undefined) return;
    leaseWanted(engine, next.job, next.seat, next.wanted);
  }
}

/** Once a second: a holder that has got nothing for a minute while others wait is asked for the piece. */
export function endStandstill(engine: Engine): void {
  const { bigPieces, bigPieceQueue, context } = engine;
  const { holder } = bigPieces;
  if (holder === undefined || !bigPieceQueue.hasOthers(holder.torrent, holder.worker)) return;
  const { torrent, worker, piece, lease } = holder;
  const job = jobOf(engine, torrent);
  const bytes = job?.tables[worker]?.totals[Total.downloadedBytes] ?? 0;
  if (!bigPieceQueue.isAtStandstill(lease, bytes, context.clock.nowMs())) return;
  // Sealed pieces have no lease any more: they end by themselves.
  if (job?.ledger.leaseOf(piece, lease) === undefined) return;
  engine.seats[worker]?.tell("revoke-lease", { torrent, piece, lease });
}
