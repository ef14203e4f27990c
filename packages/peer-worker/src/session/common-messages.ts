import { PeerFlag } from "@troupe/messages";
import { decodeExtendedHandshake } from "@troupe/protocol";

import { extendedHandshakeEveryMs } from "../limits.ts";
import type { Session } from "./session.ts";

/** The extended message's id, and the id from the extension handshake. */
const extendedIdsBytes = 2;

/** Handles the messages that need no metadata. Throws PeerFault, and ProtocolError for an extension handshake. */
export abstract class CommonMessages<Peer extends Session> {
  protected readonly session: Peer;

  constructor(session: Peer) {
    this.session = session;
  }

  keepAlive(): void {
    this.countIdle();
  }

  interested(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.isPeerInterested, true);
  }

  notInterested(): void {
    this.countIdle();
    this.session.row.setFlag(PeerFlag.isPeerInterested, false);
  }

  port(): void {
    this.countIdle();
  }

  extended(id: number, payload: Uint8Array): void {
    const { session } = this;
    const isSoon = session.inputAtMs - session.extendedHandshakeAtMs < extendedHandshakeEveryMs;
    if (id !== 0 || isSoon) {
      this.#countUnknown(payload.length + extendedIdsBytes);
      return;
    }
    session.framesSeen++;
    session.extendedHandshakeAtMs = session.inputAtMs;
    const { requestQueue, port } = decodeExtendedHandshake(payload);
    if (port !== undefined) noteListenPort(session, port);
    if (requestQueue !== undefined) session.pipeline.setPeerLimit(requestQueue);
  }

  unknown(_id: number, lengthBytes: number): void {
    this.#countUnknown(lengthBytes);
  }

  protected countIdle(): void {
    this.session.framesSeen++;
    this.session.offences.count("message-flood", 1);
  }

  #countUnknown(lengthBytes: number): void {
    this.countIdle();
    this.session.offences.count("unknown-messages", lengthBytes);
  }
}

/** The port of a dialled peer is known, that of an unadmitted peer is reported at its admission. */
function noteListenPort(session: Session, port: number): void {
  const { identity, torrent, worker, rowIndex, phase } = session;
  if (!identity.isIncoming || session.listenPort === port) return;
  session.listenPort = port;
  if (phase === "open")
    worker.notices.emit("peer-listens", { torrent: torrent.id, peer: rowIndex, port });
}
