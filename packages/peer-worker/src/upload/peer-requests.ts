// Requests and cancels of a peer, until they are served.

import { PeerWord } from "@troupe/messages";
import { pieceLength } from "@troupe/protocol/metainfo";
import { type PieceIndex, blockLengthBytes } from "@troupe/protocol/units";

import { advertisedRequestQueue, maxCrossedRequests, maxRequestsIn } from "../limits.ts";
import { takeWhileChoked } from "../session/fast/allowed-fast.ts";
import { tellLost, understandsLoss } from "../session/lost-pieces.ts";
import { measureRoundTrip } from "../session/super-seeding/super-seeding.ts";
import { closeSession } from "../session/session-end.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";
import { pauseReadingWhenFull } from "./read-pause.ts";
import { dropRequests, leaveTurnsWhenEmpty, rejectRequest } from "./rejects.ts";

const pieceLost = "piece-lost";
const tooManyRequests = "too-many-requests";

/**
 * Queues a request. A request that cannot be served is counted, and rejected if the peer speaks the fast extension.
 * Otherwise a request without a free place closes the connection without a fault.
 */
export function requestFromPeer(
  session: SessionWithContent,
  piece: number,
  begin: number,
  lengthBytes: number,
): void {
  if (session.wire.closeReason !== undefined) return;
  if (mayQueue(session, piece, begin, lengthBytes)) {
    if (session.upload.push(piece, begin, lengthBytes)) return countQueuedRequest(session, piece);
    if (session.features.fast === undefined) session.wire.requestClose(tooManyRequests);
  }
  rejectRequest(session, piece, begin, lengthBytes);
}

/** @throws {PeerFault} For requests beyond a bound. */
function mayQueue(
  session: SessionWithContent,
  piece: number,
  begin: number,
  lengthBytes: number,
): boolean {
  const { content, features, requestsWaiting, wire } = session;
  const isOfPiece =
    piece < content.geometry.pieceCount &&
    begin + lengthBytes <= endOfRequests(content, piece, begin);
  if (!isOfPiece || lengthBytes === 0 || lengthBytes > blockLengthBytes)
    wire.offences.count("bad-requests", 1);
  else if (isHidden(session, piece)) requestHidden(session);
  else if (content.isAdvertisedButLost(piece)) requestLost(session, piece);
  else if (!content.isAdvertised(piece)) wire.offences.count("bad-requests", 1);
  else if (session.isPeerChoked && !takeWhileChoked(session, piece))
    requestWhileChoked(session, piece);
  else if (features.fast !== undefined && requestsWaiting >= advertisedRequestQueue)
    wire.offences.count("request-flood", 1);
  else if (requestsWaiting >= maxRequestsIn) closeGreedy(session);
  else return true;
  return false;
}

/**
 * End of the requests in a piece. libtorrent 2.0.8 fills the last piece of a torrent of version 2 with padding, and requests
 * its last block whole: the padding is served as zeros.
 */
function endOfRequests({ geometry, trees }: TorrentContent, piece: number, begin: number): number {
  const lengthBytes = pieceLength(geometry, piece);
  return trees?.isAlone === true && begin < lengthBytes ? geometry.pieceLengthBytes : lengthBytes;
}

/** Whether a super-seed has not shown the piece to the peer (BEP 16). */
function isHidden({ features }: SessionWithContent, piece: number): boolean {
  return features.shown?.has(piece) === false;
}

/**
 * Counts a request for a hidden piece. Without the fast extension it is no offence: the peer may know that we are a
 * seed.
 */
function requestHidden({ features, wire }: SessionWithContent): void {
  if (features.fast !== undefined) wire.offences.count("hidden-requests", 1);
  else features.shown?.ignoreRequest();
}

/** A peer that understands neither a reject nor `lt_donthave` learns of the loss from the next connection. */
function requestLost(session: SessionWithContent, piece: number): void {
  if (!understandsLoss(session)) {
    session.wire.requestClose(pieceLost);
    return;
  }
  if (session.features.fast === undefined) tellLost(session, piece);
  session.wire.offences.count("lost-requests", 1);
}

/** The queue is full, and the peer is still read because it owes us blocks. */
function closeGreedy(session: SessionWithContent): void {
  session.wire.requestClose(tooManyRequests);
  session.worker.greedyPeers.add(session.identity.peerId);
}

function countQueuedRequest(session: SessionWithContent, piece: number): void {
  const { row } = session;
  row.setWord(PeerWord.requestsSeen, row.word(PeerWord.requestsSeen) + 1);
  if (session.features.shown !== undefined) measureRoundTrip(session, piece);
  pauseReadingWhenFull(session);
}

/** A peer does not see when the offer of a piece ends: such requests count as requests beyond its queue. */
function requestWhileChoked(session: SessionWithContent, piece: number): void {
  const { choke, features, wire } = session;
  if (wire.inputAtMs < choke.crossingUntilMs) {
    if (choke.countCrossed() > maxCrossedRequests) session.wire.requestClose(tooManyRequests);
  } else if (features.fast?.offered?.has(piece as PieceIndex) === true)
    wire.offences.count("request-flood", 1);
  else wire.offences.count("choked-requests", 1);
}

/** Pieces were lost: requests for them are dropped, and peers that do not understand the loss are closed. */
export function dropRequestsForLostPieces(content: TorrentContent): void {
  const isLost = (piece: number): boolean => content.isAdvertisedButLost(piece);
  for (const session of content.sessions) {
    if (session.wire.phase !== "open" || session.uploadIfAny?.some(isLost) !== true) continue;
    if (understandsLoss(session)) dropRequests(session, isLost);
    else closeSession(session, pieceLost, false);
  }
}

/** Drops a request, unless it is being read or sent. */
export function cancelFromPeer(
  session: SessionWithContent,
  piece: number,
  begin: number,
  lengthBytes: number,
): void {
  const wasQueued = session.uploadIfAny?.cancel(piece, begin, lengthBytes) ?? false;
  if (wasQueued) {
    rejectRequest(session, piece, begin, lengthBytes);
    leaveTurnsWhenEmpty(session);
  }
  session.wire.offences.countCancel(wasQueued);
}
