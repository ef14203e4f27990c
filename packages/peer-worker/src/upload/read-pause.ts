// A peer whose requests have reached their bound is not read until half of them are served.

import { maxRequestsIn } from "../limits.ts";
import type { Session } from "../session/session.ts";

/**
 * Stops reading a peer whose queue of requests is full. Not while it owes us blocks: they would lie behind what is not
 * read, and two that did this to each other would wait for ever. Its next request closes such a connection.
 */
export function pauseReadingWhenFull(session: Session): void {
  if (session.uploads.length < maxRequestsIn || session.isReadingPaused || session.blocksOut > 0)
    return;
  session.isReadingPaused = true;
  session.reader.hold();
  session.stream.pause();
}

/** Reads on, in a turn of its own, when half of the requests are served or all are dropped by a choke. */
export function resumeReadingWhenServed(session: Session): void {
  if (!mayResumeReading(session)) return;
  session.torrent.worker.context.timers.soon(() => {
    if (mayResumeReading(session)) session.resumeReading();
  });
}

function mayResumeReading(session: Session): boolean {
  return (
    session.isReadingPaused &&
    session.phase !== "closed" &&
    session.uploads.length <= maxRequestsIn / 2 &&
    !session.torrent.worker.notices.isBlocked
  );
}
