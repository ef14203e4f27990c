// From a handshake to a peer: our first messages, then the coordinator's word.

import type { Stream } from "@troupe/actor-runtime";
import { PeerField, PeerFlag } from "@troupe/messages";
import { encodeExtendedHandshake } from "@troupe/protocol";

import type { Stage } from "./connection.ts";
import { partIfBothSeeds } from "./interest.ts";
import { clientName, toldRequestQueue } from "./limits.ts";
import type { Admission } from "./owner-line.ts";
import { refill } from "./downloads.ts";
import { closeSession, sayClosed } from "./session-end.ts";
import { SessionStage } from "./session-stage.ts";
import { type PeerIdentity, Session } from "./session.ts";
import type { Torrent } from "./torrent.ts";

/** A connection whose handshake is done. */
export interface Introduction {
  readonly identity: PeerIdentity;
  /** Both sides speak BEP 10. */
  readonly isExtended: boolean;
  /** The connection will not become a peer after all. Called once at most. */
  readonly failed: (reason: string) => void;
}

/**
 * Makes a session, greets the peer and asks the coordinator whether it may stay. Until the answer its messages are
 * read, and nothing is requested or served.
 */
export function establish(
  torrent: Torrent,
  stream: Stream,
  introduction: Introduction,
): { readonly stage: Stage } | { readonly refused: "self" | "full" } {
  const { identity } = introduction;
  if (isSameId(identity.peerId, torrent.peerId)) return { refused: "self" };
  const slot = torrent.reserveSlot();
  if (slot === undefined) return { refused: "full" };
  const session = new Session(torrent, stream, slot, identity, torrent.worker.nowMs());
  const { row } = session;
  row.setFlag(PeerFlag.amChokedByPeer, true);
  row.setFlag(PeerFlag.isPeerChoked, true);
  row.setFlag(PeerFlag.isIncoming, identity.isIncoming);
  row.fields[PeerField.connectedAtMs] = torrent.worker.context.clock.epochMs();
  torrent.addSession(session);
  greet(session, introduction.isExtended);
  askAdmission(session, introduction);
  return { stage: new SessionStage(session) };
}

function greet(session: Session, isExtended: boolean): void {
  const { torrent, control } = session;
  if (isExtended) {
    const port = torrent.worker.acceptor.port;
    control.message(
      encodeExtendedHandshake({
        client: clientName,
        requestQueue: toldRequestQueue,
        ...(port !== undefined && { port }),
      }),
    );
  }
  if (torrent.hasAnyPiece) control.bitfield(torrent.had);
}

function askAdmission(session: Session, introduction: Introduction): void {
  const { torrent } = session;
  torrent.admissionsOut++;
  const question = { torrent: torrent.id, ...session.identity };
  torrent.worker.owner.admit(question, (admission) => {
    torrent.admissionsOut--;
    if (admission === "admitted") admitted(session);
    else refused(session, admission, introduction);
    torrent.settleClose();
  });
}

function admitted(session: Session): void {
  const { torrent, identity, slot } = session;
  torrent.worker.notices.say("peer-opened", { torrent: torrent.id, peer: slot, ...identity });
  if (session.phase === "closed") {
    // The coordinator counts it as a peer: it has to hear both.
    sayClosed(session);
    return;
  }
  session.phase = "open";
  const { listenPort: port } = session;
  if (port !== undefined)
    torrent.worker.notices.say("peer-listens", { torrent: torrent.id, peer: slot, port });
  session.row.setFlag(PeerFlag.inUse, true);
  partIfBothSeeds(session);
  if (session.closeReason === undefined) refill(session, torrent.worker.nowMs());
  else closeSession(session, session.closeReason, false);
}

function refused(session: Session, admission: Admission, introduction: Introduction): void {
  closeSession(session, admission, false);
  session.torrent.releaseSlot(session.slot);
  introduction.failed(session.closeReason ?? admission);
}

function isSameId(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
