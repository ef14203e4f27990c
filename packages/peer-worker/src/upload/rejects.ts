// With the fast extension (BEP 6) a request that is not served is rejected; other peers get no answer.

import type { BatchedRequest } from "./batch.ts";
import { takeWhileChoked } from "../session/fast/allowed-fast.ts";
import { understandsLoss } from "../session/lost-pieces.ts";
import { closeSession } from "../session/session-end.ts";
import type { Session, SessionWithContent } from "../session/session.ts";

/** Answers a request that is not served. */
export function rejectRequest(
  { features, wire }: Session,
  piece: number,
  begin: number,
  lengthBytes: number,
): void {
  if (features.fast !== undefined) wire.control.reject(piece, begin, lengthBytes);
}

/**
 * Puts requests of a batch that was not sent back in front of the others. Requests that may not be served any more are
 * rejected. A lost piece closes a peer that does not understand the loss.
 */
export function putBack(session: SessionWithContent, requests: readonly BatchedRequest[]): void {
  if (session.wire.phase === "closed") return;
  for (const { piece, begin, lengthBytes } of requests.toReversed()) {
    const isLost = session.content.isAdvertisedButLost(piece);
    if (isLost && !understandsLoss(session)) return closeSession(session, "piece-lost", false);
    if (isLost || (session.isPeerChoked && !takeWhileChoked(session, piece)))
      rejectRequest(session, piece, begin, lengthBytes);
    else session.upload.putBack(piece, begin, lengthBytes);
  }
}

/** The peer is choked: only the requests that it may make while choked are still served. */
export function rejectWhileChoked(session: SessionWithContent): void {
  dropRequests(session, (piece) => !takeWhileChoked(session, piece));
}

/** Rejects the waiting requests of such pieces. */
export function dropRequests(
  session: SessionWithContent,
  mustGo: (piece: number) => boolean,
): void {
  session.uploadIfAny?.dropSome(mustGo, (piece, begin, lengthBytes) =>
    rejectRequest(session, piece, begin, lengthBytes),
  );
  leaveTurnsWhenEmpty(session);
}

/** Requests were removed: a peer without requests waits for no turn under a rate limit. */
export function leaveTurnsWhenEmpty(session: SessionWithContent): void {
  if (session.requestsWaiting === 0) session.worker.rateLimits?.up.leave(session);
}
