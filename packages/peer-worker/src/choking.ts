// Who may ask us for blocks: the coordinator names them, we tell the peers.

import { PeerFlag } from "@troupe/messages";

import { chokedGraceMs, chokedUnreadGraceMs } from "./limits.ts";
import type { Session } from "./session.ts";
import type { Torrent } from "./torrent.ts";

/** Makes every peer's choke what the coordinator last named; while paused everybody is choked. */
export function applyChoking(torrent: Torrent, nowMs: number): void {
  for (const session of torrent.sessions) {
    if (session.phase !== "open") continue;
    session.nowMs = nowMs;
    const isChoked = !torrent.isActive || !torrent.unchoked.has(session.slot);
    if (isChoked === session.isPeerChoked) continue;
    if (isChoked) choke(session);
    else unchoke(session);
  }
}

function choke(session: Session): void {
  session.row.setFlag(PeerFlag.isPeerChoked, true);
  session.crossingUntilMs = session.nowMs + (session.isHeld ? chokedUnreadGraceMs : chokedGraceMs);
  session.crossedRequests = 0;
  session.torrent.desk.forget(session);
  session.control.choke();
}

function unchoke(session: Session): void {
  session.row.setFlag(PeerFlag.isPeerChoked, false);
  session.control.unchoke();
}
