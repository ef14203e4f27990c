// With the fast extension (BEP 6) a request that is not served is rejected; other peers get no answer.

import { takeWhileChoked } from "../session/fast/allowed-fast.ts";
import type { Session, SessionWithContent } from "../session/session.ts";

/** Answers a request that is not served. */
export function rejectRequest(
  { control, fast }: Session,
  piece: number,
  begin: number,
  lengthBytes: number,
): void {
  if (fast !== undefined) control.reject(piece, begin, lengthBytes);
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
  session.uploads.dropSome(mustGo, (piece, begin, lengthBytes) =>
    rejectRequest(session, piece, begin, lengthBytes),
  );
}
