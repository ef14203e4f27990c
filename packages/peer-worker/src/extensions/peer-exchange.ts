// Peers of the same torrent, as other peers name them (BEP 11). The engine decides which peers we name.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { decodePeerExchange, encodePeerExchange, holepunchName } from "@troupe/protocol/peer";

import { maxPeerExchangeBytes, maxPeerExchangeMessages } from "../limits.ts";
import type { Session } from "../session/session.ts";
import type { TorrentExtension } from "../torrent.ts";
import { sendExtendedHandshake } from "./extended-handshake.ts";
import { reportHolepunchOffer } from "./holepunch.ts";

/** Not offered for a private torrent, whose messages are not read either (BEP 27). */
export const peerExchangeExtension: TorrentExtension = {
  name: "ut_pex",
  id: 2,
  maxBytes: maxPeerExchangeBytes,
  maxUseless: maxPeerExchangeMessages,
  offer: ({ exchangesPeers }) => (exchangesPeers ? {} : undefined),
  handshakeRead: reportOffer,
  admitted(session) {
    reportOffer(session);
    reportWaiting(session);
  },
  read(session, payload) {
    if (session.torrent.exchangesPeers) readPeers(session, payload);
    // Every message counts: an honest peer sends one a minute.
    return false;
  },
};

/** Names peers to an admitted peer, if it offers the extension. */
export function sendPeerExchange(
  torrent: Session["torrent"],
  { peer, added, dropped }: MessageOf<PeerProtocol, "send-peer-exchange">,
): void {
  const session = torrent.sessionAt(peer);
  if (session?.wire.phase !== "open" || !torrent.exchangesPeers) return;
  const id = session.features.extensions.idOf(peerExchangeExtension);
  if (id !== undefined) session.wire.control.message(encodePeerExchange(id, { added, dropped }));
}

/** Turns the exchange, and `ut_holepunch`, on or off. Connected peers get the offer, or hear that it is taken back. */
export function setPeerExchange(
  torrent: Session["torrent"],
  { isOn }: MessageOf<PeerProtocol, "set-peer-exchange">,
): void {
  if (torrent.exchangesPeers === isOn) return;
  torrent.exchangesPeers = isOn;
  for (const session of torrent.sessions) {
    sendExtendedHandshake(session, [peerExchangeExtension.name, holepunchName]);
    if (session.features.extensionsIfAny !== undefined) reportOffer(session);
    reportHolepunchOffer(session);
  }
}

function reportOffer({ features, rowIndex, torrent, wire, worker }: Session): void {
  const isOffered = features.extensions.idOf(peerExchangeExtension) !== undefined;
  if (
    wire.phase !== "open" ||
    !torrent.exchangesPeers ||
    features.extensions.isExchangeReported === isOffered
  )
    return;
  features.extensions.isExchangeReported = isOffered;
  worker.notices.emit("peer-exchange-offered", { torrent: torrent.id, peer: rowIndex, isOffered });
}

function readPeers(session: Session, payload: Uint8Array): void {
  const { namedPeers } = session.features.extensions;
  const room = namedPeers.room(session.wire.inputAtMs);
  const { added } = decodePeerExchange(payload, room);
  namedPeers.used(added.length);
  namedPeers.waiting ??= [];
  namedPeers.waiting.push(...added);
  reportWaiting(session);
}

function reportWaiting({ features, rowIndex, torrent, wire, worker }: Session): void {
  if (wire.phase !== "open") return;
  const added = features.extensions.takeNamedPeers();
  if (added.length > 0 && torrent.exchangesPeers)
    worker.notices.emit("peers-named", { torrent: torrent.id, peer: rowIndex, added });
}
