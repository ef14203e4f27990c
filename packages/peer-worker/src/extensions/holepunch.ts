// Peers that routers hide from each other connect through a peer that both know (BEP 55). The engine decides.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { decodeHolepunch, encodeHolepunch, holepunchName } from "@troupe/protocol/peer";

import { maxHolepunchBytes, maxUselessHolepunches } from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { Session } from "../session/session.ts";
import type { Torrent, TorrentExtension } from "../torrent.ts";
import { sendExtendedHandshake } from "./extended-handshake.ts";

/** Offered where peers may name each other and uTP is on: not for a private torrent, whose messages are not read either. */
export const holepunchExtension: TorrentExtension = {
  name: holepunchName,
  id: 5,
  maxBytes: maxHolepunchBytes,
  maxUseless: maxUselessHolepunches,
  offer: (torrent) => (isOffered(torrent) ? {} : undefined),
  handshakeRead: reportHolepunchOffer,
  admitted: reportHolepunchOffer,
  read(session, payload) {
    const { features, rowIndex, torrent, wire, worker } = session;
    const message = decodeHolepunch(payload);
    if (message === undefined || wire.phase !== "open" || !isOffered(torrent)) return false;
    if (!features.extensions.holepunch.count(message, wire.inputAtMs)) return false;
    worker.notices.emit("holepunch-received", { torrent: torrent.id, peer: rowIndex, message });
    return true;
  },
};

/** Sends a message to an admitted peer, if it offers the extension. */
export function sendHolepunch(
  torrent: Torrent,
  { peer, message }: MessageOf<PeerProtocol, "send-holepunch">,
): void {
  const session = torrent.sessionAt(peer);
  if (session?.wire.phase !== "open" || !isOffered(torrent)) return;
  const id = session.features.extensionsIfAny?.idOf(holepunchExtension);
  const bytes = id === undefined ? undefined : encodeHolepunch(id, message);
  if (bytes !== undefined) session.wire.control.message(bytes);
}

/** The transports have changed: connected peers get the offer, or hear that it is taken back. */
export function followHolepunch({ torrents }: PeerWorker): void {
  for (const torrent of torrents.values()) {
    if (!torrent.exchangesPeers) continue;
    for (const session of torrent.sessions) {
      sendExtendedHandshake(session, [holepunchName]);
      reportHolepunchOffer(session);
    }
  }
}

/** Tells the engine of an offer or its end, once. */
export function reportHolepunchOffer({ features, rowIndex, torrent, wire, worker }: Session): void {
  const extensions = features.extensionsIfAny;
  if (extensions === undefined || wire.phase !== "open" || !isOffered(torrent)) return;
  const isOfferedToo = extensions.idOf(holepunchExtension) !== undefined;
  if (isOfferedToo === extensions.isHolepunchReported) return;
  extensions.holepunch.isReported = isOfferedToo;
  const offer = { torrent: torrent.id, peer: rowIndex, isOffered: isOfferedToo };
  worker.notices.emit("holepunch-offered", offer);
}

function isOffered({ exchangesPeers, worker }: Torrent): boolean {
  return exchangesPeers && worker.transport !== "tcp";
}
