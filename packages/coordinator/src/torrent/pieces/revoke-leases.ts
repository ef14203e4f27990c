// Leases that are revoked for another peer-worker: in an endgame, and for a deadline.

import { paroleMs, type PeerRowIndex } from "@troupe/messages";
import { pieceLength } from "@troupe/protocol/metainfo";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { TorrentContent } from "../torrent-content.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { Lease } from "./piece-ledger.ts";

/**
 * A younger lease is not revoked, as it may be about to finish. The time doubles with each move of the piece, so that
 * workers with slow peers do not take it from each other before a block is whole.
 */
const settledAfterMs = 5_000;
/**
 * Moves after which a due piece stays with its holder, which finishes it. The time before a revocation in the endgame grows
 * up to this number of moves.
 */
const mostMoves = 10;
/** A worker that keeps a revoked lease is asked again after this. */
const askAgainMs = 30_000;

type RevokeServices = Pick<Engine, "context" | "peerWorkers">;

/** Endgame across workers: revokes the lease of a piece that the idle peer has. */
export function revokeForIdlePeer(
  engine: RevokeServices,
  job: JobWithContent,
  peerWorker: PeerWorkerHandle,
  peer: PeerRowIndex,
): void {
  const { ledger, traffic } = job.content;
  const row = traffic.row(peerWorker.index, peer);
  if (row === undefined || engine.peerWorkers.length === 1) return;
  const nowMs = engine.context.clock.nowMs();
  for (const lease of ledger.leases()) {
    const wasRevoked = isRevoked(lease, nowMs);
    if (wasRevoked && lease.wantedBy === peerWorker.index) return;
    if (lease.worker === peerWorker.index || wasRevoked || !isSettled(job.content, lease, nowMs))
      continue;
    if (!row.has(lease.piece) || !ledger.isWanted(lease.piece)) continue;
    revoke(engine, job, lease, peerWorker);
    return;
  }
}

/** Moves due pieces to workers that have them sooner; called once a second. */
export function moveLatePieces(engine: RevokeServices, job: JobWithContent): void {
  const { traffic, usedPicker: picker } = job.content;
  if (picker === undefined || picker.due.length === 0 || engine.peerWorkers.length === 1) return;
  const nowMs = engine.context.clock.nowMs();
  const mayMove = (lease: Lease): boolean => !isRevoked(lease, nowMs) && lease.moves < mostMoves;
  for (const { lease, to } of picker.moves(traffic, nowMs, mayMove)) {
    const peerWorker = engine.peerWorkers[to];
    if (peerWorker !== undefined) revoke(engine, job, lease, peerWorker);
  }
}

function isRevoked({ revokedAtMs }: Lease, nowMs: number): boolean {
  return nowMs - revokedAtMs < askAgainMs;
}

function revoke(
  { context, peerWorkers }: RevokeServices,
  { id: torrent }: JobWithContent,
  lease: Lease,
  wantedBy: PeerWorkerHandle,
): void {
  lease.wantedBy = wantedBy.index;
  lease.revokedAtMs = context.clock.nowMs();
  const { piece, lease: number } = lease;
  peerWorkers[lease.worker]?.calls.cast("revoke-lease", { torrent, piece, lease: number });
}

function isSettled(
  { failedAttempts, ledger }: TorrentContent,
  lease: Lease,
  nowMs: number,
): boolean {
  const { grantedAtMs, moves, piece } = lease;
  const isOnParole = failedAttempts.isOnParole(piece);
  const soonestMs = isOnParole ? paroleMs(pieceLength(ledger.geometry, piece)) : settledAfterMs;
  return nowMs - grantedAtMs >= soonestMs * 2 ** Math.min(moves, mostMoves);
}
