// Leases of a piece with a failed attempt go first to the peers that contributed to the most pieces that passed, and of
// these to those with the fewest failures of it. An attempt from one such peer alone soon passes and shows whose blocks
// were wrong, or fails and names its sender. Unproven peers come last: a crowd that takes requests and answers none
// would keep the piece for minutes.

import { PeerFlag, type PeerRowIndex, type PieceLease } from "@troupe/messages";
import { clearBit, hasBit, type PieceIndex } from "@troupe/protocol";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { contributorKey } from "./failed-attempts.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** After this time any peer may get the piece. */
const trustedFirstMs = 10_000;
/** More than the failures of a piece that a peer can contribute to. */
const unproven = 1_000_000;
/** A peer with less than this share of the passed pieces of the best is unproven. */
const provenShare = 4;

interface Candidate {
  readonly peer: ConnectedPeer;
  readonly worker: number;
  readonly rowIndex: PeerRowIndex;
}

/** @returns The pieces that this peer may be given: its bitfield, or a copy without some of them. */
export function leasablePieces(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  rowIndex: PeerRowIndex,
  nowMs: number,
): Uint8Array | undefined {
  const bits = job.traffic.tables[peerWorker.index]?.row(rowIndex).bitfield;
  const peer = job.peers.at(peerWorker.index, rowIndex);
  if (bits === undefined || peer === undefined || job.attempts.failed.isEmpty) return bits;
  const most = mostProven(job);
  let others: readonly Candidate[] | undefined;
  let left: Uint8Array | undefined;
  for (const [piece, failedAtMs] of job.attempts.failed.pieces()) {
    if (nowMs - failedAtMs >= trustedFirstMs || !hasBit(bits, piece)) continue;
    const standing = standingOf(job, peer, piece, most);
    if (standing === 0) continue;
    others ??= candidates(job).filter((other) => mayBeAsked(job, other));
    const isBest = !others.some(
      (other) => hasPiece(job, other, piece) && standingOf(job, other.peer, piece, most) < standing,
    );
    if (isBest) continue;
    left ??= bits.slice();
    clearBit(left, piece);
  }
  return left ?? bits;
}

/** @returns For a piece on parole, the peers of its worker that are asked last; for others, nothing. */
export function paroleOf(
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
): Pick<PieceLease, "parole"> {
  if (!job.attempts.failed.isOnParole(piece)) return {};
  const peers = candidates(job).filter(
    (peer) => peer.worker === peerWorker.index && hasPiece(job, peer, piece),
  );
  const most = mostProven(job);
  const standings = peers.map(({ peer }) => standingOf(job, peer, piece, most));
  const best = Math.min(...standings.filter((_, index) => mayBeAsked(job, peers[index])));
  const mistrusted = peers.filter((_, index) => (standings[index] ?? 0) > best);
  return { parole: { mistrusted: mistrusted.map(({ rowIndex }) => rowIndex) } };
}

/** @returns 0 for the best. */
function standingOf(job: TorrentJob, peer: ConnectedPeer, piece: PieceIndex, most: number): number {
  const hasProven = peer.passedPieces * provenShare >= most;
  return (hasProven ? 0 : unproven) + job.attempts.failed.suspicionOf(piece, contributorKey(peer));
}

/** Most passed pieces that any connected peer contributed to. */
function mostProven(job: TorrentJob): number {
  let most = 0;
  for (const { passedPieces } of job.peers.connected()) most = Math.max(most, passedPieces);
  return most;
}

function candidates(job: TorrentJob): Candidate[] {
  return Array.from(job.peers.connected(), (peer) => ({
    peer,
    worker: peer.worker,
    rowIndex: peer.rowIndex,
  }));
}

function mayBeAsked(job: TorrentJob, candidate: Candidate | undefined): boolean {
  if (candidate === undefined) return false;
  const row = job.traffic.tables[candidate.worker]?.row(candidate.rowIndex);
  return row?.flag(PeerFlag.amChokedByPeer) === false;
}

function hasPiece(job: TorrentJob, { worker, rowIndex }: Candidate, piece: PieceIndex): boolean {
  const row = job.traffic.tables[worker]?.row(rowIndex);
  return row !== undefined && hasBit(row.bitfield, piece);
}
