import {
  sealedFields,
  type ContributorAddress,
  type LeaseId,
  type PeerRowIndex,
  type PieceContributors,
  type PiecesSealed,
} from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** One of the pieces that a `pieces-sealed` tells of. */
export interface SealedPiece
  extends
    Pick<PiecesSealed, "torrent" | "slab">,
    PieceContributors<PeerRowIndex | ContributorAddress> {
  readonly piece: PieceIndex;
  readonly lease: LeaseId;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** The pieces of a notice, in order. */
export function sealedPieces({ torrent, slab, places, origins }: PiecesSealed): SealedPiece[] {
  const pieces: SealedPiece[] = [];
  for (let at = 0; at < places.length; at += sealedFields) {
    const [piece, lease, offset = 0, lengthBytes = 0, place = -1] = places.slice(at);
    const origin = origins[place];
    if (origin === undefined) throw new Error(`piece ${piece} has no origin ${place}`);
    const ids = { torrent, slab, piece: piece as PieceIndex, lease: lease as LeaseId };
    pieces.push({ ...ids, offset, lengthBytes, ...origin });
  }
  return pieces;
}
