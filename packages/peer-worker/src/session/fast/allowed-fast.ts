// Pieces that a peer with few pieces may request while it is choked (BEP 6), so that it soon has something to give.

import { PeerFlag } from "@troupe/messages";
import { allowedFastSet } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { fastSetSize, maxTakenWhileChoked } from "../../limits.ts";
import type { Session, SessionWithContent } from "../session.ts";

/**
 * Names them once, to a choked peer that is interested. Nothing over IPv6, for which BEP 6 has no rule, and nothing of
 * a super-seed.
 */
export function offerAllowedFast(session: SessionWithContent): void {
  const { content, identity, row, torrent, wire } = session;
  const { fast } = session.features;
  if (fast === undefined || fast.offered !== undefined || torrent.isSuperSeeding) return;
  if (wire.phase !== "open" || !torrent.isActive || torrent.isUploadOff || !isStarting(session))
    return;
  if (!session.isPeerChoked || !row.flag(PeerFlag.isPeerInterested)) return;
  const { pieceCount } = content.geometry;
  const set = allowedFastSet(torrent.infoHash, identity.host, pieceCount, fastSetSize);
  fast.offered = new Set(set.filter((piece) => content.isAdvertised(piece) && !session.has(piece)));
  for (const piece of fast.offered) wire.control.allowedFast(piece);
}

/** Whether a request of a choked peer is served; it is counted. */
export function takeWhileChoked(session: SessionWithContent, piece: number): boolean {
  const { torrent } = session;
  const { fast } = session.features;
  if (fast?.offered === undefined || !torrent.isActive || !isStarting(session)) return false;
  const isOffered = fast.offered.has(piece as PieceIndex);
  if (!isOffered || fast.takenWhileChoked >= maxTakenWhileChoked) return false;
  fast.takenWhileChoked++;
  return true;
}

function isStarting({ haveCount }: Session): boolean {
  return haveCount < fastSetSize;
}
