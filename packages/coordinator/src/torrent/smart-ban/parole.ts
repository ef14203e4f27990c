// Who gets a piece of which a copy has failed: first the peers that have had part in the most pieces which passed, of
// these the ones that took part in the fewest failures of it. So the truth comes out soon: a copy from one peer alone passes and
// shows whose blocks were wrong, or fails and names its giver. Peers that have proven nothing come last: a crowd that
// takes requests and answers none would keep such a piece for minutes.

import { PeerFlag, type PeerRowIndex, type PieceLease } from "@troupe/messages";
import { clearBit, hasBit, type PieceIndex } from "@troupe/protocol";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { contributorKey } from "./failed-attempts.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";

/** A peer waits so long for those of better standing; then anybody may have the piece. */
const trustedFirstMs = 10_000;
/** More than a peer can have part in failures of one piece. */
const unproven = 1_000_000;
/** Who has had part in so many fewer pieces than another has proven little beside it. */
const provenShare = 4;

/** A connected peer. */
interface Candidate {
  readonly peer: ConnectedPeer;
  readonly worker: number;
  readonly rowIndex: PeerRowIndex;
}

/** @returns What this peer may be given of all that it has: its bitfield, or a copy with some pieces left out. */
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

/** @returns For a lease of such a piece, who is to be asked last among the peers of its worker; for others, nothing. */
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

/** @returns 0 is the best. */
function standingOf(job: TorrentJob, peer: ConnectedPeer, piece: PieceIndex, most: number): number {
  const hasProven = peer.passedPieces * provenShare >= most;
  return (hasProven ? 0 : unproven) + job.attempts.failed.suspicionOf(piece, contributorKey(peer));
}

/** Pieces that passed with blocks of the peer that has had part in the most. */
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
