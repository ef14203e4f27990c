// A peer whose requests reached their bound is not read until half of them are served.

import { maxRequestsIn } from "../limits.ts";
import type { Session } from "../session/session.ts";

/**
 * Stops reading a peer with a full request queue, unless it owes us blocks: these would lie behind unread
 * requests, and two such peers would wait for each other for ever. The next request closes such a connection.
 */
export function pauseReadingWhenFull(session: Session): void {
  if (
    session.requestsWaiting < maxRequestsIn ||
    session.wire.isReadingPaused ||
    session.blocksOut > 0
  )
    return;
  session.wire.pauseReading();
}

/** Resumes, in a turn of its own, when half of the requests are served or a choke dropped all. */
export function resumeReadingWhenServed(session: Session): void {
  if (!mayResumeReading(session)) return;
  session.worker.context.timers.soon(() => {
    if (mayResumeReading(session)) session.wire.input?.resumeReading();
  });
}

function mayResumeReading(session: Session): boolean {
  return (
    session.wire.isReadingPaused &&
    session.wire.phase !== "closed" &&
    session.requestsWaiting <= maxRequestsIn / 2 &&
    !session.worker.notices.isBlocked
  );
}
