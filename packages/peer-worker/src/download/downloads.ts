// Requests blocks from a peer and takes requests back.

import { type PeerRowIndex, PeerField, PeerFlag } from "@troupe/messages";
import { blockLengthBytes, type PieceIndex } from "@troupe/protocol/units";

import { minDoublingGainMs, unprovenDoublingGainMs } from "../limits.ts";
import { allowedBlocks, giveBackBlock } from "./limited-requests.ts";
import type { PieceInProgress } from "./piece-in-progress.ts";
import { drainMs } from "./deadlines/drain-time.ts";
import { requestDeadlineBlocks } from "./deadlines/deadline-blocks.ts";
import { type Session, type SessionWithContent, hasContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";

/**
 * Fills the peer's request queue, once enough is free for a worthwhile write and as far as the rate limits allow.
 * Reports when the peer will need more leases.
 */
export function refill(session: SessionWithContent, nowMs: number): void {
  if (!session.mayRequest(nowMs)) return;
  const { content, download } = session;
  const { pipeline } = download;
  const wanted = pipeline.target - session.blocksOut;
  if (wanted < pipeline.refillStep) {
    content.demand.noteBusy(session);
    return;
  }
  const allowed = allowedBlocks(session, wanted);
  if (allowed === 0) {
    content.demand.noteBusy(session);
    return;
  }
  session.choke.answerUnchoke(nowMs);
  const due = requestDeadlineBlocks(session, allowed, nowMs);
  const taken = due + content.picker.pick(session, allowed - due, nowMs);
  const isHungry = taken < allowed;
  if (isHungry) session.worker.rateLimits?.down.leave(session);
  // Its wait for the limit may be over for requests, but not for bytes that it reads.
  if (session.features.fileReader?.waitsForLimit === true) session.features.fileReader.schedule();
  content.demand.noteHunger(session, isHungry, nowMs);
  // A super-seeder shows its next piece after we announce the previous piece.
  if (isHungry && session.haveCount < content.geometry.pieceCount)
    session.wire.control.sendQueuedHaves();
  const isEndgame = content.demand.isEndgame && download.noLeaseUntilMs > nowMs;
  if (isHungry && isEndgame && !waitsForMemory(session)) {
    doubleBlocks(session, allowed - taken, nowMs);
  }
}

/** Whether a leased piece for this peer waits for memory only: then it is no endgame. */
function waitsForMemory(session: SessionWithContent): boolean {
  for (const { lease } of session.content.leases.waiting)
    if (session.mayAskFor(lease.piece)) return true;
  return false;
}

/**
 * Endgame: requests blocks that a slower peer owes, if they come clearly sooner. No cancel calls back blocks
 * that the slower peer has under way: doubling for a smaller gain would be waste.
 */
function doubleBlocks(session: SessionWithContent, limit: number, nowMs: number): void {
  const { content, torrent, times } = session;
  const { roundTripMs } = times;
  const gainMs = minGainMs(session, nowMs);
  content.picker.pickDoubles(session, limit, nowMs, (owing: PeerRowIndex) => {
    const other = torrent.sessionAt(owing);
    if (other === undefined) return false;
    return drainMs(other, nowMs) > drainMs(session, nowMs) + roundTripMs + gainMs;
  });
}

/** For a while, unproven peers leave the second place to proven peers. */
function minGainMs(session: SessionWithContent, nowMs: number): number {
  if (hasGiven(session)) return minDoublingGainMs;
  for (const other of session.content.sessions) {
    if (hasGiven(other) && other.mayRequest(nowMs)) return unprovenDoublingGainMs;
  }
  return minDoublingGainMs;
}

function hasGiven({ row }: Session): boolean {
  return row.field(PeerField.downloadedBytes) > 0;
}

/**
 * The peer has dropped our requests (BEP 3 has no other message for that). With the fast extension it answers each of
 * them.
 */
export function chokedByPeer(session: SessionWithContent, nowMs: number): void {
  session.row.setFlag(PeerFlag.amChokedByPeer, true);
  if (session.features.fast === undefined) releaseRequests(session, nowMs);
}

/** A flapping peer gets new requests ten times a second at most. */
export function unchokedByPeer(session: SessionWithContent, nowMs: number): void {
  if (!session.amChokedByPeer) return;
  session.row.setFlag(PeerFlag.amChokedByPeer, false);
  session.features.fast?.unchoked();
  // The engine may have had nothing among the few pieces that came while choked: all others are news.
  if (session.features.fast !== undefined) session.content.demand.piecesShown(session);
  startRequests(session, nowMs);
}

/** The peer has unchoked us, now or before the metadata was known. */
export function startRequests(session: SessionWithContent, nowMs: number): void {
  const { download } = session;
  download.pipeline.restart();
  session.row.setFlag(PeerFlag.isSnubbed, false);
  download.restartRate(nowMs);
  // A peer that flaps does not delay the timeout of requests that it kept.
  if (download.requests.length === 0) session.times.restartBlocks(nowMs);
  session.choke.noteUnchoke();
  session.content.barrenUntilMs = -Infinity;
}

/** Frees all owed blocks. Arriving later they are late, not an offence. */
export function releaseRequests(session: SessionWithContent, nowMs: number): void {
  session.content.leases.releaseParoles(session.rowIndex);
  const requests = session.downloadIfAny?.requests;
  if (requests === undefined || requests.length === 0) return;
  for (let index = 0; index < requests.length; index++) {
    releaseBlock(session, requests.blockAt(index), nowMs);
  }
  requests.clear();
  session.times.dropProbe();
  session.worker.turnEnd.wakeLater();
}

/** The block that the peer should send next. */
export function releaseFirstRequest(session: SessionWithContent, nowMs: number): void {
  const { requests } = session.download;
  releaseBlock(session, requests.blockAt(0), nowMs);
  requests.removeAt(0);
  session.worker.turnEnd.wakeLater();
}

/** The peer has answered that it does not send a block. @returns Whether it owed the block. */
export function releaseRejected(session: SessionWithContent, number: number): boolean {
  const { content, rowIndex, worker } = session;
  const { requests } = session.download;
  if (!requests.remove(number)) return false;
  giveBackBlock(session, number);
  freeBlock(session, number);
  content.leases.paroles.get(content.pieceOfBlock(number))?.release(rowIndex);
  if (requests.length === 0) session.times.dropProbe();
  worker.turnEnd.wakeLater();
  return true;
}

/** Discards the rest of the arriving block. */
export function abandonBlock(session: SessionWithContent): void {
  const { downloadIfAny: download } = session;
  if (download?.receivingIn === undefined) return;
  const { receivingBlock: block, receivingIn: piece } = download;
  const { wire } = session;
  const { blockBytesReceived } = wire.reader;
  session.countReceived(blockBytesReceived);
  session.content.countWasted(blockBytesReceived);
  wire.skipRestOfBlock(piece.blockLengthBytes(block) - blockBytesReceived);
  download.endBlock();
  piece.abandonBlock(block);
  session.content.leases.noteFreeBlocks(piece);
  session.worker.turnEnd.wakeLater();
}

/** Cancels all requests at the peer. An arriving block still completes. */
export function cancelRequests(session: SessionWithContent, nowMs: number): void {
  const requests = session.downloadIfAny?.requests;
  if (requests === undefined) return;
  for (let index = 0; index < requests.length; index++)
    sendCancel(session, requests.blockAt(index));
  releaseRequests(session, nowMs);
}

/** For a peer whose late block would be waste. {@link releaseFirstRequest} follows. */
export function cancelFirstRequest(session: SessionWithContent): void {
  sendCancel(session, session.download.requests.blockAt(0));
}

/**
 * Cancels requests at the peer.
 *
 * @param range Positions in its queue, from 0; `end` is excluded.
 * @param isCancelled Whether the requests for a piece are cancelled.
 * @returns The number of cancelled requests.
 */
export function cancelRequestsIn(
  session: SessionWithContent,
  { first, end }: { readonly first: number; readonly end: number },
  nowMs: number,
  isCancelled: (piece: PieceIndex) => boolean,
): number {
  const { content } = session;
  const { requests } = session.download;
  let cancelled = 0;
  for (let index = end - 1; index >= first; index--) {
    const number = requests.blockAt(index);
    if (!isCancelled(content.pieceOfBlock(number))) continue;
    sendCancel(session, number);
    releaseBlock(session, number, nowMs);
    requests.removeAt(index);
    cancelled++;
  }
  return cancelled;
}

function sendCancel({ content, wire }: SessionWithContent, number: number): void {
  const block = content.blockInPiece(number);
  const piece = content.leases.open.get(content.pieceOfBlock(number));
  if (piece === undefined) return;
  wire.control.cancel(piece.piece, block * blockLengthBytes, piece.blockLengthBytes(block));
}

/** Once a second: a peer that held a parole piece too long keeps its blocks; others continue. */
export function tickParoles(content: TorrentContent, nowMs: number): void {
  for (const [piece, parole] of content.leases.paroles) {
    const open = content.leases.open.get(piece);
    if (open === undefined && content.isWaitingForMemory) continue;
    const late = parole.tick(open?.receivedCount ?? 0);
    const session = late === undefined ? undefined : content.torrent.sessionAt(late);
    if (session === undefined || open === undefined) continue;
    if (hasContent(session)) cancelPiece(session, open, nowMs);
  }
}

/** The peer has lost a piece: others may send its blocks. */
export function releasePiece(session: SessionWithContent, piece: PieceIndex, nowMs: number): void {
  session.content.leases.paroles.get(piece)?.release(session.rowIndex);
  releaseRequestsOf(session, piece, nowMs);
  session.worker.turnEnd.wakeLater();
}

/** Only the requests for this piece. */
export function cancelPiece(
  session: SessionWithContent,
  piece: PieceInProgress,
  nowMs: number,
): void {
  if (session.downloadIfAny?.receivingIn === piece) abandonBlock(session);
  releaseRequestsOf(session, piece.piece, nowMs, (block) => {
    const begin = block * blockLengthBytes;
    session.wire.control.cancel(piece.piece, begin, piece.blockLengthBytes(block));
  });
}

/** @param released Called with the number of each block in the piece. */
function releaseRequestsOf(
  session: SessionWithContent,
  piece: PieceIndex,
  nowMs: number,
  released?: (block: number) => void,
): void {
  const { content } = session;
  const requests = session.downloadIfAny?.requests;
  if (requests === undefined) return;
  for (let index = requests.length - 1; index >= 0; index--) {
    const number = requests.blockAt(index);
    if (content.pieceOfBlock(number) !== piece) continue;
    releaseBlock(session, number, nowMs);
    requests.removeAt(index);
    released?.(content.blockInPiece(number));
  }
}

function releaseBlock(session: SessionWithContent, number: number, nowMs: number): void {
  session.download.lateBlocks.push(number, nowMs);
  giveBackBlock(session, number);
  freeBlock(session, number);
}

function freeBlock(session: SessionWithContent, number: number): void {
  const { content } = session;
  const piece = content.leases.open.get(content.pieceOfBlock(number));
  if (piece === undefined) return;
  piece.dropRequest(content.blockInPiece(number), session.rowIndex);
  content.leases.noteFreeBlocks(piece);
}
