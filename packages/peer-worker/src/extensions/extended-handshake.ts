// The handshake of BEP 10. It may come again: when the metadata is known we say so to peers from before.

import {
  type OwnExtendedHandshake,
  decodeExtendedHandshake,
  decodeOtherFields,
  encodeExtendedHandshake,
} from "@troupe/protocol/peer";

import { advertisedRequestQueue, clientName } from "../limits.ts";
import type { Session } from "../session/session.ts";

/** The metadata is known: offers its extensions, and takes back the others. */
export function repeatExtendedHandshake(session: Session): void {
  sendExtendedHandshake(
    session,
    session.torrent.extensions.map(({ name }) => name),
  );
}

/** Offers the extensions of the torrent. @param withdrawn Names that are taken back, unless they are offered. */
export function sendExtendedHandshake(session: Session, withdrawn: readonly string[] = []): void {
  const { control, identity, torrent, worker } = session;
  if (session.extensionsIfAny?.areSpoken !== true) return;
  const port = worker.listenPort && (worker.publicPort ?? worker.listenPort);
  const ids: Record<string, number> = Object.fromEntries(withdrawn.map((name) => [name, 0]));
  let fields: Partial<OwnExtendedHandshake> = {};
  let otherFields: OwnExtendedHandshake["otherFields"] = {};
  for (const extension of torrent.extensions) {
    const offered = extension.offer(torrent);
    if (offered === undefined) continue;
    fields = { ...fields, ...offered };
    otherFields = { ...otherFields, ...offered.otherFields };
    ids[extension.name] = extension.id;
  }
  control.message(
    encodeExtendedHandshake({
      client: clientName,
      requestQueue: advertisedRequestQueue,
      yourIp: identity.host,
      ...(port !== undefined && { port }),
      ...fields,
      otherFields,
      extensions: ids,
    }),
  );
}

/**
 * @param payload Lent.
 * @returns False for a handshake too many, which is not read.
 * @throws {ProtocolError}
 */
export function readExtendedHandshake(session: Session, payload: Uint8Array): boolean {
  const { extensions: state, inputAtMs, torrent, worker } = session;
  if (!state.countHandshake(inputAtMs)) return false;
  const handshake = decodeExtendedHandshake(payload);
  const { requestQueue, port, ownIp } = handshake;
  if (ownIp !== undefined) noteOwnAddress(session, ownIp);
  if (port !== undefined) noteListenPort(session, port);
  if (requestQueue !== undefined) session.setPeerRequestLimit(requestQueue);
  state.setIds(handshake.extensions, worker.sharedOffers);
  if (torrent.outside !== undefined) state.otherFields = decodeOtherFields(payload);
  for (const extension of torrent.extensions) extension.handshakeRead(session, handshake);
  return true;
}

/** The coordinator knows the peer now. */
export function reportExtensions(session: Session): void {
  const { listenPort: port, rowIndex: peer, torrent, worker } = session;
  if (session.extensionsIfAny === undefined) return;
  const { ownIp } = session.extensionsIfAny;
  if (port !== undefined) worker.notices.emit("peer-listens", { torrent: torrent.id, peer, port });
  if (ownIp !== undefined) reportOwnAddress(session, ownIp);
  for (const extension of torrent.extensions) extension.admitted(session);
}

/** The port of a dialled peer is known, that of an unadmitted peer is reported at its admission. */
function noteListenPort(session: Session, port: number): void {
  const { identity, torrent, worker, rowIndex, phase } = session;
  if (!identity.isIncoming || session.listenPort === port) return;
  session.listenPort = port;
  if (phase === "open")
    worker.notices.emit("peer-listens", { torrent: torrent.id, peer: rowIndex, port });
}

/** Once a connection, unless it changes. */
function noteOwnAddress(session: Session, host: string): void {
  if (session.extensions.ownIp === host) return;
  session.extensions.ownIp = host;
  if (session.phase === "open") reportOwnAddress(session, host);
}

function reportOwnAddress({ rowIndex, torrent, worker }: Session, host: string): void {
  worker.notices.emit("own-address-seen", { torrent: torrent.id, peer: rowIndex, host });
}
