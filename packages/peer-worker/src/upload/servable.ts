import type { SessionWithContent } from "../session/session.ts";

/** Whether requests of the peer may be read and sent now. */
export function isServable(session: SessionWithContent): boolean {
  const { uploadIfAny: upload } = session;
  return (
    upload !== undefined &&
    upload.length > 0 &&
    upload.hasRoom &&
    session.wire.phase === "open" &&
    session.torrent.isActive &&
    // The queue of a choked peer has only what it may request while choked.
    (session.features.fast !== undefined || !session.isPeerChoked)
  );
}
