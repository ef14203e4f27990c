// Who gets a piece of which a copy has failed: first the peers that took part in the fewest failures of it. So the truth
// comes out soon: a copy from one peer that is not suspect passes and shows whose blocks were wrong.

import { PeerFlag, type PeerSlot, type PieceLease } from "@troupe/messages";
import { hasBit, type PieceIndex } from "@troupe/protocol";
import type { PeerWorkerSeat } from "../engine/peer-worker-seat.ts";
import { keyOf } from "./failed-copies.ts";
import type { TorrentJob } from "./torrent-job.ts";

/** A suspect waits so long for peers that are less so; then anybody may have the piece. */
const trustedFirstMs = 10_000;

/** A connected peer. */
interface Candidate {
  readonly key: string;
  readonly worker: number;
  readonly slot: PeerSlot;
}

/** @returns What this peer may be given of all that it has: its bitfield, or a copy with some pieces left out. */
export function givablePieces(
  job: TorrentJob,
  seat: PeerWorkerSeat,
  slot: PeerSlot,
  nowMs: number,
): Uint8Array | undefined {
  const bits = job.tables[seat.index]?.row(slot).bitfield;
  const peer = job.roll.at(seat.index, slot);
  if (bits === undefined || peer === undefined || job.failedCopies.isEmpty) return bits;
  const key = keyOf(peer);
  let others: readonly Candidate[] | undefined;
  let left: Uint8Array | undefined;
  for (const [piece, failedAtMs] of job.failedCopies.pieces()) {
    if (nowMs - failedAtMs >= trustedFirstMs || !hasBit(bits, piece)) continue;
    const suspicion = job.failedCopies.suspicionOf(piece, key);
    if (suspicion === 0) continue;
    others ??= candidates(job).filter((other) => mayBeAsked(job, other));
    if (!others.some((other) => isBetter(job, other, piece, suspicion))) continue;
    left ??= bits.slice();
    clearBit(left, piece);
  }
  return left ?? bits;
}

/** @returns For a lease of such a piece, who is to be asked last among the peers of its worker; for others, nothing. */
export function paroleOf(
  job: TorrentJob,
  seat: PeerWorkerSeat,
  piece: PieceIndex,
): Pick<PieceLease, "parole"> {
  if (!job.failedCopies.isOnParole(piece)) return {};
  const peers = candidates(job).filter(
    (peer) => peer.worker === seat.index && hasPiece(job, peer, piece),
  );
  const suspicions = peers.map(({ key }) => job.failedCopies.suspicionOf(piece, key));
  const least = Math.min(...suspicions);
  const mistrusted = peers.filter((_, index) => (suspicions[index] ?? 0) > least);
  return { parole: { mistrusted: mistrusted.map(({ slot }) => slot) } };
}

function candidates(job: TorrentJob): Candidate[] {
  return Array.from(job.roll.connected(), (peer) => ({
    key: keyOf(peer),
    worker: peer.worker,
    slot: peer.slot,
  }));
}

function isBetter(job: TorrentJob, other: Candidate, piece: PieceIndex, than: number): boolean {
  return job.failedCopies.suspicionOf(piece, other.key) < than && hasPiece(job, other, piece);
}

function mayBeAsked(job: TorrentJob, { worker, slot }: Candidate): boolean {
  return job.tables[worker]?.row(slot).flag(PeerFlag.amChokedByPeer) === false;
}

function hasPiece(job: TorrentJob, { worker, slot }: Candidate, piece: PieceIndex): boolean {
  const row = job.tables[worker]?.row(slot);
  return row !== undefined && hasBit(row.bitfield, piece);
}

function clearBit(bits: Uint8Array, piece: PieceIndex): void {
  bits[piece >> 3] = (bits[piece >> 3] ?? 0) & ~(0x80 >> (piece & 7));
}
