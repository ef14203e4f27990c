// Compares each peer's pieces with ours: interest, `have`s, connections between seeds.

import { PeerFlag, PeerWord } from "@troupe/messages";
import { clearBit, countBits, fullBitfield } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { notInterestedAfterMs } from "../limits.ts";
import type { Session, SessionWithContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";

/** Availability saturates here: a u16 in shared memory. */
const maxAvailability = 0xffff;

/** The peer announces a piece. */
export function addPeerPiece(session: SessionWithContent, piece: PieceIndex): void {
  const { row, content } = session;
  row.addPiece(piece);
  row.setWord(PeerWord.haveCount, session.haveCount + 1);
  addAvailability(content, piece);
  if (content.needs(piece)) {
    content.demand.piecesShown(session);
    addInterestingPiece(session);
  }
  closeIfBothSeeds(session);
}

/**
 * A bitfield comes first, or later instead of many `have`s, as aria2 does. Earlier announcements stay valid.
 *
 * @param bits Wire order, checked. Lent.
 */
export function addPeerBitfield(session: SessionWithContent, bits: Uint8Array): void {
  const { row, content } = session;
  const { bitfield } = row;
  let gained = 0;
  let interesting = 0;
  for (let at = 0; at < bits.length; at++) {
    const known = bitfield[at] ?? 0;
    let fresh = (bits[at] ?? 0) & ~known;
    bitfield[at] = known | fresh;
    while (fresh !== 0) {
      const bit = Math.clz32(fresh) - 24;
      fresh &= ~(0x80 >> bit);
      gained++;
      addAvailability(content, at * 8 + bit);
      if (content.needs((at * 8 + bit) as PieceIndex)) interesting++;
    }
  }
  row.setWord(PeerWord.haveCount, session.haveCount + gained);
  if (interesting > 0) session.choke.interestingPieces += interesting;
  if (gained > 0) content.demand.piecesShown(session);
  updateInterest(session);
  closeIfBothSeeds(session);
}

/** Adds the pieces of a peer that has every piece. */
export function addAllPieces(session: SessionWithContent): void {
  addPeerBitfield(session, fullBitfield(session.content.geometry.pieceCount));
}

/** The peer takes back a piece. @returns Whether it had it. */
export function removePeerPiece(session: SessionWithContent, piece: PieceIndex): boolean {
  const { row, content } = session;
  if (!session.has(piece)) return false;
  const { availability } = content.table;
  clearBit(row.bitfield, piece);
  row.setWord(PeerWord.haveCount, session.haveCount - 1);
  availability[piece] = Math.max(0, (availability[piece] ?? 0) - 1);
  if (content.needs(piece)) {
    session.choke.interestingPieces--;
    updateInterest(session);
  }
  return true;
}

/** The availability of the peer's pieces falls. */
export function removePeerPieces(session: SessionWithContent): void {
  const { row, content } = session;
  const { availability } = content.table;
  const { bitfield } = row;
  for (let at = 0; at < bitfield.length; at++) {
    let byte = bitfield[at] ?? 0;
    while (byte !== 0) {
      const bit = Math.clz32(byte) - 24;
      byte &= ~(0x80 >> bit);
      const piece = at * 8 + bit;
      availability[piece] = Math.max(0, (availability[piece] ?? 0) - 1);
    }
  }
}

/**
 * Announces a new piece: at once to peers without it, to others with their next messages, so that a seeder's user sees
 * our progress. A super-seed announces nothing here.
 */
export function announceOwnPiece(content: TorrentContent, piece: PieceIndex): void {
  for (const session of content.sessions) {
    const { features, wire } = session;
    session.features.fast?.forgetAllowed(piece);
    const isKnown = session.has(piece);
    if (features.shown === undefined && isKnown) wire.control.queueHave(piece);
    else if (features.shown === undefined) wire.control.have(piece);
    if (!isKnown || !content.wants(piece)) continue;
    session.choke.interestingPieces--;
    if (session.choke.interestingPieces === 0) updateInterest(session);
  }
}

/** The peer has one more piece that we want and lack. */
export function addInterestingPiece(session: Session): void {
  session.choke.interestingPieces++;
  updateInterest(session);
}

/** The wanted pieces changed: recounts what each peer has of them. */
export function recountInterest(content: TorrentContent): void {
  const { had, wanted } = content;
  const needed = had.map((byte, at) => ~byte & (wanted?.[at] ?? 0xff));
  for (const session of content.sessions) {
    const { bitfield } = session.row;
    const count = countBits(needed.map((byte, at) => byte & (bitfield[at] ?? 0)));
    if (count > 0 || session.chokeIfAny !== undefined) session.choke.interestingPieces = count;
    session.downloadIfAny?.mayAskAgain();
    updateInterest(session);
  }
}

/**
 * Announces interest when the peer has a wanted piece that we lack. {@link sendLostInterest} announces its
 * loss after a delay: peers choke an uninterested peer, and a peer that gets or shows pieces will soon have
 * the next.
 */
function updateInterest(session: Session): void {
  const { chokeIfAny: choke } = session;
  if (choke === undefined) return;
  if (choke.interestingPieces === 0) {
    if (session.amInterested) choke.uninterestingSinceMs ??= session.worker.nowMs();
    return;
  }
  choke.uninterestingSinceMs = undefined;
  if (session.amInterested) return;
  session.row.setFlag(PeerFlag.amInterested, true);
  session.wire.control.interested();
}

/** Once a second. */
export function sendLostInterest(session: Session, nowMs: number): void {
  const { chokeIfAny: choke } = session;
  const sinceMs = choke?.uninterestingSinceMs;
  if (choke === undefined || sinceMs === undefined || nowMs - sinceMs < notInterestedAfterMs)
    return;
  choke.uninterestingSinceMs = undefined;
  session.row.setFlag(PeerFlag.amInterested, false);
  session.wire.control.notInterested();
}

/** Writes the peer's interest to its row, and reports a change. */
export function setPeerInterest(session: Session, isInterested: boolean): void {
  if (session.row.flag(PeerFlag.isPeerInterested) === isInterested) return;
  session.row.setFlag(PeerFlag.isPeerInterested, isInterested);
  reportPeerInterest(session);
}

/** Reports changed interest. Without content or admission the engine has no row to read, and hears of it later. */
export function reportPeerInterest({ content, rowIndex, torrent, wire, worker }: Session): void {
  if (wire.phase === "open" && content !== undefined) worker.interestNews.note(torrent, rowIndex);
}

/** Two seeds need no connection: it closes after the current message. */
export function closeIfBothSeeds(session: SessionWithContent): void {
  // A seed may still have hashes that we lack.
  if (session.content.trees?.areAllKnown === false) return;
  if (session.content.isComplete && session.haveCount === session.content.geometry.pieceCount) {
    session.wire.requestClose("both-seeds");
  }
}

function addAvailability(content: TorrentContent, piece: number): void {
  const { availability } = content.table;
  availability[piece] = Math.min(maxAvailability, (availability[piece] ?? 0) + 1);
}
