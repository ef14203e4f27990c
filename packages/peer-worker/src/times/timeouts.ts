// Once-a-second checks of a peer: silence, stalled messages, late blocks, rates.

import { PeerField, PeerFlag, PeerWord } from "@troupe/messages";
import { blockLengthBytes } from "@troupe/protocol/units";

import { applyChokingOf } from "../choke/choke-state.ts";
import {
  abandonBlock,
  cancelFirstRequest,
  refill,
  releaseRequests,
  releaseFirstRequest,
} from "../download/downloads.ts";
import { progressAtMs } from "../download/deadlines/drain-time.ts";
import { resumeReadingWhenServed } from "../upload/read-pause.ts";
import { sendLostInterest } from "../choke/interest.ts";
import {
  blockDeadlineMs,
  firstRequestTimeoutMs,
  frameDeadlineMs,
  idleCloseMs,
  keepAliveAfterMs,
  maxControlQueueBytes,
  maxRequestTimeoutMs,
  minFrameBytesPerSecond,
  minRequestTimeoutMs,
  notReadingCloseMs,
  owingCloseMs,
} from "../limits.ts";
import { closeSession } from "../session/session-end.ts";
import { type Session, type SessionWithContent, hasContent } from "../session/session.ts";
import { wireBlockBytes } from "../upload/upload-queue.ts";

/** Multiple of the expected service time after which a peer is late. */
const patience = 4;

/** May close the peer. */
export function tickSession(session: Session, nowMs: number): void {
  session.wire.offences.tick(nowMs);
  session.features.fast?.tick(nowMs);
  resumeReadingWhenServed(session);
  if (session.identity.isGreedy) applyChokingOf(session, nowMs);
  session.wire.control.sendQueuedHaves();
  readMeters(session, nowMs);
  const closeReason = judgeSilence(session, nowMs);
  if (closeReason !== undefined) {
    closeSession(session, closeReason, closeReason === "frame-stalled");
    return;
  }
  sendLostInterest(session, nowMs);
  keepAlive(session, nowMs);
  if (!hasContent(session)) return;
  judgeRequests(session, nowMs);
  if (session.wire.phase === "closed") return;
  // A snubbed peer must not take its late blocks first: it is refilled at the end of the turn.
  if (!session.isSnubbed) refill(session, nowMs);
}

/** @returns Milliseconds that the peer may take for its next block. */
function requestTimeoutMs(session: Session): number {
  const rate = session.downBytesPerSecond;
  if (rate === 0) return firstRequestTimeoutMs;
  const serviceMs =
    session.times.roundTripMs + (session.blocksOut * blockLengthBytes * 1_000) / rate;
  return Math.min(Math.max(patience * serviceMs, minRequestTimeoutMs), maxRequestTimeoutMs);
}

function readMeters(session: Session, nowMs: number): void {
  const { downloadIfAny: download, row, times, uploadIfAny: upload } = session;
  const isUrgent = hasContent(session) && session.content.due.isUrgent(nowMs);
  download?.readRate(nowMs, !session.amChokedByPeer, times.roundTripMs, isUrgent);
  upload?.readRate(nowMs);
  row.setField(PeerField.downBytesPerSecond, session.downBytesPerSecond);
  row.setField(PeerField.upBytesPerSecond, upload?.bytesPerSecond ?? 0);
  row.setField(PeerField.roundTripMs, times.roundTripMs);
  row.setField(PeerField.blockTimeMs, download?.blockTimeMs ?? 0);
  if (session.amInterested || row.flag(PeerFlag.isPeerInterested)) times.interestAtMs = nowMs;
  row.setField(PeerField.uninterestedMs, nowMs - times.interestAtMs);
  row.setWord(PeerWord.requestsOut, session.blocksOut);
  row.setWord(PeerWord.requestsIn, session.requestsWaiting + (upload?.requestsOut ?? 0));
  row.setFlag(PeerFlag.isHeldBack, session.wire.connection.isHeldBack === true);
  row.setWord(PeerWord.unreadMs, Math.floor(upload?.unreadMs(nowMs, session.wire.connection) ?? 0));
}

/** @returns The reason to close the connection, if any. */
function judgeSilence(
  session: Session,
  nowMs: number,
): "idle" | "frame-stalled" | "not-reading" | undefined {
  const { times } = session;
  const isStopped = session.wire.isReadingPaused || session.worker.notices.isBlocked;
  if (times.hasReceived || isStopped) times.lastReceivedAtMs = nowMs;
  times.hasReceived = false;
  if (isStopped && times.frameSinceMs >= 0) {
    // While we do not read, the peer's timely bytes wait in the system.
    times.frameSinceMs = nowMs;
    times.frameBytes = 0;
  }
  const limitMs = session.blocksOut > 0 ? owingCloseMs : idleCloseMs;
  if (nowMs - times.lastReceivedAtMs >= limitMs) return "idle";
  const inFrameMs = times.frameSinceMs < 0 ? 0 : nowMs - times.frameSinceMs;
  const dueBytes = (inFrameMs * minFrameBytesPerSecond) / 1_000;
  if (inFrameMs >= frameDeadlineMs && times.frameBytes < dueBytes) return "frame-stalled";
  return isReading(session, nowMs) ? undefined : "not-reading";
}

function isReading(session: Session, nowMs: number): boolean {
  const { uploadIfAny: upload, wire } = session;
  const { queuedBytes } = wire.connection;
  if (upload !== undefined && upload.batchesOut > 0 && queuedBytes > 0) {
    if (nowMs - upload.lastTakenAtMs >= notReadingCloseMs) return false;
  }
  const payloadBytes = (upload?.requestsOut ?? 0) * wireBlockBytes;
  return queuedBytes <= payloadBytes + maxControlQueueBytes;
}

function keepAlive(session: Session, nowMs: number): void {
  const { times } = session;
  if (times.hasSent) times.lastSentAtMs = nowMs;
  times.hasSent = false;
  if (nowMs - times.lastSentAtMs >= keepAliveAfterMs) session.wire.control.keepAlive();
}

/**
 * Frees late blocks. A silent peer is snubbed: it gets a single request at a time. A peer that goes on
 * sending loses only the requests it passed over.
 */
function judgeRequests(session: SessionWithContent, nowMs: number): void {
  // The server is not late while we do not read.
  if (session.worker.notices.isBlocked || session.features.fileReader?.waitsForLimit === true) {
    session.times.lastBlockAtMs = nowMs;
    session.downloadIfAny?.restartBlock(nowMs);
    return;
  }
  const { downloadIfAny: download } = session;
  if (download === undefined) return;
  const isBlockLate =
    download.receivingIn !== undefined && nowMs - download.receivingSinceMs >= blockDeadlineMs;
  if (isBlockLate) abandonBlock(session);
  if (download.receivingIn !== undefined) return;
  if (session.blocksOut === 0 && !isBlockLate) return;
  const { requests, pipeline } = download;
  const timeoutMs = requestTimeoutMs(session);
  if (isBlockLate || nowMs - progressAtMs(session) >= timeoutMs) {
    if (session.identity.isWebSeed) {
      // The engine opens it again after a rest; a peer would have to be dialled.
      closeSession(session, "web-seed-timeout", false);
      return;
    }
    releaseRequests(session, nowMs);
    pipeline.snub();
    session.row.setFlag(PeerFlag.isSnubbed, true);
    return;
  }
  // Its blocks come in their order, as late as their place in the file is far.
  if (session.givesWholeFiles) return;
  while (requests.length > 0 && nowMs - requests.timeMsAt(0) >= passedOverMs(session, timeoutMs)) {
    if (session.identity.isWebSeed) cancelFirstRequest(session);
    releaseFirstRequest(session, nowMs);
  }
}

/** A request this old, while others are answered, was passed over: the queue is never that long. */
function passedOverMs(session: Session, timeoutMs: number): number {
  return session.isSnubbed ? timeoutMs : Math.max(timeoutMs, maxRequestTimeoutMs);
}
