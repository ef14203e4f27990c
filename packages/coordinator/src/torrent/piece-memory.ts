// The memory of a piece that was sealed: free for its worker once nobody reads it any more.

import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../engine/engine-state.ts";
import type { PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import type { Slab } from "../engine/slab-book.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** The piece is missing again and its memory free. */
export function pieceGivenUp(engine: Engine, job: TorrentJob, piece: PieceIndex, slab: Slab): void {
  job.ledger.release(piece);
  job.picker.comeBack(piece);
  endSlabUse(engine, slab);
  for (const seat of engine.seats) tellFailed(job, seat, piece);
}

/** The worker's memory of this piece is free. */
export function tellFailed(job: TorrentJob, seat: PeerWorkerSeat, piece: PieceIndex): void {
  seat.tell("piece-failed", { torrent: job.id, piece });
}

/** Nobody but its worker uses the slab for this piece any more. */
export function endSlabUse(engine: Engine, slab: Slab): void {
  engine.slabs.letGo(slab);
  engine.bigPieces.releaseIf(engine.slabs, slab);
}
