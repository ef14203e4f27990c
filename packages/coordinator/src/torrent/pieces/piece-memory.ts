import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { Slab } from "../../engine/base/slabs.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";

/** Makes the piece missing and frees its memory. */
export function abandonPiece(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: JobWithContent,
  piece: PieceIndex,
  slab: Slab,
): void {
  const { ledger, picker } = job.content;
  ledger.release(piece);
  picker.putBack(piece);
  freePiece(engine, job, piece, slab);
}

/** Frees the memory of a piece that failed. */
export function freePiece(
  engine: Pick<Engine, "memory" | "peerWorkers">,
  job: JobWithContent,
  piece: PieceIndex,
  slab: Slab,
): void {
  endSlabUse(engine, slab);
  for (const peerWorker of engine.peerWorkers) castPieceFailed(job, peerWorker, piece);
}

/** The memory of this piece is free for its worker. */
export function castPieceFailed(
  { id: torrent }: TorrentJob,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
): void {
  peerWorker.calls.cast("piece-failed", { torrent, piece });
}

/** The last reader of a sealed piece is done with its slab. */
export function endSlabUse(engine: Pick<Engine, "memory">, slab: Slab): void {
  engine.memory.slabs.release(slab);
  engine.memory.oversizedPieces.releaseIf(engine.memory.slabs, slab);
}
