// The handshake of BEP 10. It may come again: when the metadata is known we say so to peers from before.

import {
  type OwnExtendedHandshake,
  decodeExtendedHandshake,
  decodeOtherFields,
  encodeExtendedHandshake,
} from "@troupe/protocol/peer";

import { advertisedRequestQueue } from "../limits.ts";
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
  const { identity, torrent, wire, worker } = session;
  if (session.features.extensionsIfAny?.areSpoken !== true) return;
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
  wire.control.message(
    encodeExtendedHandshake({
      client: worker.options.client,
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
  const { features, torrent, wire, worker } = session;
  if (!features.extensions.handshakes.take(wire.inputAtMs)) return false;
  const handshake = decodeExtendedHandshake(payload);
  const { requestQueue, port, ownIp } = handshake;
  if (ownIp !== undefined) noteOwnAddress(session, ownIp);
  if (port !== undefined) noteListenPort(session, port);
  if (requestQueue !== undefined) noteRequestLimit(session, requestQueue);
  features.extensions.setIds(handshake.extensions, worker.sharedOffers);
  if (torrent.plugins !== undefined) features.extensions.otherFields = decodeOtherFields(payload);
  for (const extension of torrent.extensions) extension.handshakeRead(session, handshake);
  return true;
}

/** The engine knows the peer now. */
export function reportExtensions(session: Session): void {
  const { features, rowIndex: peer, torrent, worker } = session;
  if (features.extensionsIfAny === undefined) return;
  const { ownIp } = features.extensionsIfAny;
  const { peerListenPort: port } = features;
  if (port !== undefined) worker.notices.emit("peer-listens", { torrent: torrent.id, peer, port });
  if (ownIp !== undefined) reportOwnAddress(session, ownIp);
  for (const extension of torrent.extensions) extension.admitted(session);
}

/** Bounds the request queue, which may not be there yet. */
function noteRequestLimit({ downloadIfAny, features }: Session, requests: number): void {
  features.requestLimit = requests;
  downloadIfAny?.pipeline.setPeerLimit(requests);
}

/** The port of a dialled peer is known, that of an unadmitted peer is reported at its admission. */
function noteListenPort(session: Session, port: number): void {
  const { identity, rowIndex, torrent, wire, worker } = session;
  if (!identity.isIncoming || session.features.peerListenPort === port) return;
  session.features.peerListenPort = port;
  if (wire.phase === "open")
    worker.notices.emit("peer-listens", { torrent: torrent.id, peer: rowIndex, port });
}

/** Once a connection, unless it changes. */
function noteOwnAddress(session: Session, host: string): void {
  if (session.features.extensions.ownIp === host) return;
  session.features.extensions.ownIp = host;
  if (session.wire.phase === "open") reportOwnAddress(session, host);
}

function reportOwnAddress({ rowIndex, torrent, worker }: Session, host: string): void {
  worker.notices.emit("own-address-seen", { torrent: torrent.id, peer: rowIndex, host });
}
