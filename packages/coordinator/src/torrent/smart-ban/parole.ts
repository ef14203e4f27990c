// Leases of a piece with a failed attempt. First come the peers that contributed to the most passed pieces, and of
// these those with the fewest failures of this piece: an attempt from a single such peer soon passes and shows whose
// blocks were wrong, or fails and names its sender. Unproven peers come last: a crowd that takes requests and answers
// none would keep the piece for minutes.

import { PeerFlag, type PeerRowIndex, type PieceLease } from "@troupe/messages";
import { clearBit, hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import type { ConnectedPeer, ConnectedPeers } from "../swarm/connected-peers.ts";
import type { JobWithContent } from "../torrent-job.ts";
import type { Traffic } from "../report/traffic.ts";
import { contributorKey, type FailedAttempts } from "./failed-attempts.ts";

/** After this time any peer may get the piece. */
const trustedFirstMs = 10_000;
/** Higher than any count of failures. */
const unproven = 1_000_000;
/** A peer with less than a quarter of the most passed pieces is unproven. */
const provenShare = 4;

type Candidate = ConnectedPeer & { readonly rowIndex: PeerRowIndex };

/** @returns The pieces that a peer may be given: its bitfield, or a copy without some of them. */
export function leasablePieces(
  { content, peers }: JobWithContent,
  peerWorker: PeerWorkerHandle,
  rowIndex: PeerRowIndex,
  nowMs: number,
): Uint8Array | undefined {
  const { failedAttempts: failed, traffic } = content;
  const bits = traffic.row(peerWorker.index, rowIndex)?.bitfield;
  const peer = peers.at(peerWorker.index, rowIndex);
  if (bits === undefined || peer === undefined || failed.isEmpty) return bits;
  const most = mostProven(peers);
  let others: readonly Candidate[] | undefined;
  let left: Uint8Array | undefined;
  for (const [piece, failedAtMs] of failed.pieces()) {
    if (nowMs - failedAtMs >= trustedFirstMs || !hasBit(bits, piece)) continue;
    const standing = standingOf(failed, peer, piece, most);
    if (standing === 0) continue;
    others ??= [...peers.connected()].filter((other) => mayBeAsked(traffic, other));
    const isBest = !others.some(
      (other) =>
        hasPiece(traffic, other, piece) && standingOf(failed, other, piece, most) < standing,
    );
    if (isBest) continue;
    left ??= bits.slice();
    clearBit(left, piece);
  }
  return left ?? bits;
}

/** @returns For a piece on parole, the peers of its worker that are asked last. Undefined for any other piece. */
export function paroleOf(
  { content, peers }: JobWithContent,
  peerWorker: PeerWorkerHandle,
  piece: PieceIndex,
): PieceLease["parole"] {
  const { failedAttempts: failed, traffic } = content;
  if (failed.isEmpty || !failed.isOnParole(piece)) return undefined;
  const asked = [...peers.connected()].filter(
    (peer) => peer.worker === peerWorker.index && hasPiece(traffic, peer, piece),
  );
  const most = mostProven(peers);
  const standings = asked.map((peer) => standingOf(failed, peer, piece, most));
  const best = Math.min(...standings.filter((_, index) => mayBeAsked(traffic, asked[index])));
  const mistrusted = asked.filter((_, index) => (standings[index] ?? 0) > best);
  return { mistrusted: mistrusted.map(({ rowIndex }) => rowIndex) };
}

/** @returns 0 for the best. */
function standingOf(
  failed: FailedAttempts,
  peer: ConnectedPeer,
  piece: PieceIndex,
  most: number,
): number {
  const hasProven = peer.passedPieces * provenShare >= most;
  return (hasProven ? 0 : unproven) + failed.suspicionOf(piece, contributorKey(peer));
}

function mostProven(peers: ConnectedPeers): number {
  let most = 0;
  for (const { passedPieces } of peers.connected()) most = Math.max(most, passedPieces);
  return most;
}

function mayBeAsked(traffic: Traffic, candidate: Candidate | undefined): boolean {
  if (candidate === undefined) return false;
  const row = traffic.row(candidate.worker, candidate.rowIndex);
  return row?.flag(PeerFlag.amChokedByPeer) === false;
}

function hasPiece(traffic: Traffic, { worker, rowIndex }: Candidate, piece: PieceIndex): boolean {
  const row = traffic.row(worker, rowIndex);
  return row !== undefined && row.has(piece);
}
