// The memory of a piece that was sealed: free for its worker once nobody reads it any more.

import type { PieceIndex } from "@troupe/protocol";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** The piece is missing again and its memory free. */
export function abandonPiece(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: TorrentJob,
  piece: PieceIndex,
  slab: Slab,
): void {
  job.ledger.release(piece);
  job.picker.putBack(piece);
  endSlabUse(engine, slab);
  for (const peerWorker of engine.peerWorkers) castPieceFailed(job, peerWorker, piece);
}

/** The worker's memory of this piece is free. */
export function castPieceFailed(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
): void {
  peerWorker.cast("piece-failed", { torrent: job.id, piece });
}

/** Nobody but its worker uses the slab for this piece any more. */
export function endSlabUse(engine: Pick<Engine, "memory">, slab: Slab): void {
  engine.memory.slabs.release(slab);
  engine.memory.oversizedPieces.releaseIf(engine.memory.slabs, slab);
}
