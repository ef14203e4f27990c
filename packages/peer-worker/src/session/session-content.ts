// The metadata of a torrent becomes known: its peers get their pieces, and transfers may begin.

import { PeerFlag } from "@troupe/messages";
import { hasBit } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import { isHybrid } from "../connection/agree-version.ts";
import { startRequests } from "../download/downloads.ts";
import { repeatExtendedHandshake } from "../extensions/extended-handshake.ts";
import { offerAllowedFast } from "./fast/allowed-fast.ts";
import { faultCodeOf } from "../wire/fault-code.ts";
import {
  addAllPieces,
  addPeerBitfield,
  addPeerPiece,
  removePeerPiece,
  reportPeerInterest,
} from "../choke/interest.ts";
import { maxLateHaves } from "../limits.ts";
import { MessageHandler } from "../wire/message-handler.ts";
import { closeSession } from "./session-end.ts";
import type { Session, SessionWithContent } from "./session.ts";
import type { TorrentContent } from "../torrent.ts";

/**
 * Adds the content to a session, with all that the peer has shown before.
 *
 * @throws {ProtocolError} The peer has shown pieces that the torrent does not have.
 */
export function addSessionContent(session: Session, content: TorrentContent): SessionWithContent {
  const peer = session.addContent(content);
  peer.row.setFlag(PeerFlag.speaksV2, peer.features.speaksV2);
  peer.countProtocolSent(peer.wire.bytes.sentEarly);
  const { earlyIfAny: early } = session.features;
  const haves = early?.haves;
  early?.drop(session.worker.earlyMemory);
  haves?.deliver(
    {
      have: (piece) => {
        if (!peer.has(piece)) addPeerPiece(peer, piece);
      },
      bitfield: (bits) => addPeerBitfield(peer, bits),
      dontHave: (piece) => void removePeerPiece(peer, piece),
      haveAll: () => addAllPieces(peer),
      suggest: (piece) => peer.features.fast?.suggest(piece),
      allowedFast: (piece) => {
        if (!hasBit(content.had, piece)) peer.features.fast?.allow(piece);
      },
    },
    content.frameRules,
  );
  session.wire.reader.learn(new MessageHandler(peer), content.frameRules);
  return peer;
}

/** The peers that have waited for the metadata go on; peers that no place is left for, or that lied, are closed. */
export function addContentToPeers(content: TorrentContent): void {
  const { sessions, maxPeers, worker } = content.torrent;
  const { breadcrumb } = worker.context;
  const had = hadPieces(content);
  for (const session of sessions) {
    session.leaveBreadcrumb();
    if (session.rowIndex >= maxPeers) closeSession(session, "full", false);
    else if (isToUpgrade(session)) closeSession(session, "version-upgrade", false);
    else goOn(session, content, had);
    breadcrumb.fill(0);
  }
}

/**
 * Whether the peer is to be dialled again by the hash of version 2, which the metadata has shown: it offers version 2, and the
 * connection began before we knew the hash.
 */
function isToUpgrade({ features, identity, torrent }: Session): boolean {
  const isDialled = !identity.isIncoming || features.peerListenPort !== undefined;
  return isHybrid(torrent) && features.version2 === "offered" && isDialled;
}

/** @returns The had pieces; none of a super-seed. Undefined: too many to announce to connected peers. */
function hadPieces({ geometry, had, hadCount, torrent }: TorrentContent): PieceIndex[] | undefined {
  if (torrent.isSuperSeeding) return [];
  if (hadCount > maxLateHaves) return undefined;
  const pieces: PieceIndex[] = [];
  for (let piece = 0; pieces.length < hadCount && piece < geometry.pieceCount; piece++)
    if (hasBit(had, piece)) pieces.push(piece as PieceIndex);
  return pieces;
}

function goOn(session: Session, content: TorrentContent, had: PieceIndex[] | undefined): void {
  let peer: SessionWithContent;
  try {
    peer = addSessionContent(session, content);
  } catch (error) {
    closeSession(session, faultCodeOf(session, error), true);
    return;
  }
  if (peer.row.flag(PeerFlag.isPeerInterested)) reportPeerInterest(peer);
  offerAllowedFast(peer);
  if (!peer.amChokedByPeer) startRequests(peer, peer.worker.nowMs());
  if (had === undefined) peer.wire.requestCloseOnce("too-many-haves");
  if (peer.wire.closeReason === undefined) greetAgain(peer, had ?? []);
  else if (peer.wire.phase === "open") closeSession(peer, peer.wire.closeReason, false);
}

/** After other messages a bitfield is not allowed any more. */
function greetAgain(session: SessionWithContent, had: readonly PieceIndex[]): void {
  repeatExtendedHandshake(session);
  for (const piece of had) session.wire.control.have(piece);
}
