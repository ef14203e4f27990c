import type { PieceIndex } from "@troupe/protocol/units";
import type { Engine } from "../../engine/base/engine-state.ts";
import { announceIfNeeded } from "../swarm/dial-schedule.ts";
import type { JobWithContent } from "../torrent-job.ts";

/**
 * Follows a change of the pieces that are wanted: peer-workers learn them, and leases of other pieces are revoked.
 *
 * @param change Changes the priorities of files, or the ranges of readers, and gives the pieces of changed priority.
 */
export function changeWanted(
  engine: Pick<Engine, "peerWorkers">,
  job: JobWithContent,
  change: () => readonly PieceIndex[],
): void {
  const { files, ledger, usedPicker } = job.content;
  const before = files.wantedPieces();
  const wasComplete = ledger.isComplete;
  const changed = change();
  if (changed.length === 0) return;
  for (const piece of changed) ledger.setPriority(piece, files.ofPiece(piece));
  usedPicker?.forgetOrder();
  const wanted = files.wantedPieces();
  if (!isSame(before, wanted)) castWanted(engine, job, wanted);
  if (job.isRunning) announceIfNeeded(engine, job, wasComplete);
}

function castWanted(
  { peerWorkers }: Pick<Engine, "peerWorkers">,
  { id: torrent, content: { ledger } }: JobWithContent,
  wanted: Uint8Array | undefined,
): void {
  const message = { torrent, ...(wanted !== undefined && { wanted }) };
  for (const peerWorker of peerWorkers) peerWorker.calls.cast("set-wanted", message);
  for (const { lease, piece, worker } of ledger.leases()) {
    if (ledger.isWanted(piece)) continue;
    peerWorkers[worker]?.calls.cast("revoke-lease", { torrent, piece, lease });
  }
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.every((byte, at) => byte === other[at]);
}
