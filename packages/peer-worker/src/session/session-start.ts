import type { Stream } from "@troupe/actor-runtime";
import { type AgreedVersion, type ConnectionKind, PeerField, PeerFlag } from "@troupe/messages";
import { peerIdFromText, peerIdText } from "@troupe/protocol/peer";

import type { ConnectionStage } from "../connection/connection.ts";
import { closeIfBothSeeds, reportPeerInterest } from "../choke/interest.ts";
import { reportExtensions, sendExtendedHandshake } from "../extensions/extended-handshake.ts";
import type { Admission } from "../engine/engine-client.ts";
import { refill } from "../download/downloads.ts";
import { reportDhtPort, sendDhtPort } from "./dht-port.ts";
import { offerAllowedFast } from "./fast/allowed-fast.ts";
import { EarlyMessages } from "../wire/early-messages.ts";
import { addSessionContent } from "./session-content.ts";
import { closeSession, emitPeerClosed } from "./session-end.ts";
import { countHandshakes } from "../wire/protocol-bytes.ts";
import { SessionStage } from "../wire/session-stage.ts";
import type { KnownPeer } from "./peer-identity.ts";
import { Session, hasContent } from "./session.ts";
import type { Torrent } from "../torrent.ts";

/** A completed handshake. */
interface HandshakeResult extends KnownPeer {
  /** Absent for a web seed. */
  readonly kind?: ConnectionKind;
  /** Both sides speak BEP 10. */
  readonly isExtended: boolean;
  /** The peer has a DHT node. */
  readonly hasDht: boolean;
  /** Both sides speak BEP 6. */
  readonly hasFast: boolean;
  /** Absent for a web seed. */
  readonly version?: AgreedVersion;
  /** The peer's handshake offers version 2 of a hybrid. Absent for a web seed. */
  readonly offersV2?: boolean;
  /** The connection does not become a peer. Called once at most. */
  readonly onFailed: (reason: string) => void;
}

/** Greets the peer and asks the engine to admit it. Until the answer nothing is requested or served. */
export function startSession(
  torrent: Torrent,
  connection: Stream,
  result: HandshakeResult,
):
  | { readonly stage: ConnectionStage; readonly session: Session }
  | { readonly refused: "self" | "full" } {
  const { peerId } = result;
  const { worker } = torrent;
  if (peerId === peerIdText(torrent.peerId)) return { refused: "self" };
  const rowIndex = torrent.reserveRow();
  if (rowIndex === undefined) return { refused: "full" };
  const session = new Session(torrent, connection, rowIndex, result, EarlyMessages);
  const { identity, row } = session;
  row.setFlag(PeerFlag.amChokedByPeer, true);
  row.setFlag(PeerFlag.isPeerChoked, true);
  row.setFlag(PeerFlag.isIncoming, identity.isIncoming);
  row.setFlag(PeerFlag.isWebSeed, identity.isWebSeed);
  row.setFlag(PeerFlag.hasFast, result.hasFast);
  if (result.hasFast) session.features.agreeFast();
  if (versionField(result).version !== undefined) session.features.agreeV2();
  else if (result.offersV2 === true) session.features.offerV2();
  row.setField(PeerField.connectedAtMs, worker.context.clock.epochMs());
  torrent.addSession(session);
  if (torrent.content !== undefined) addSessionContent(session, torrent.content);
  countHandshakes(session);
  if (result.isExtended) session.features.extensions.speak();
  if (result.hasDht) session.features.dhtNode.isOffered = true;
  greet(session);
  requestAdmission(session, result);
  return { stage: new SessionStage(session), session };
}

function greet(session: Session): void {
  sendExtendedHandshake(session);
  showPieces(session);
  sendDhtPort(session);
}

/** Tells the peer our pieces. With the fast extension `have-none` tells that we have none, as a super-seed claims. */
function showPieces({ content, features, wire }: Session): void {
  const hadCount = features.shown === undefined ? (content?.hadCount ?? 0) : 0;
  if (features.fast !== undefined && hadCount === 0) wire.control.haveNone();
  else if (features.fast !== undefined && content?.isComplete === true) wire.control.haveAll();
  else if (content !== undefined && hadCount > 0) wire.control.bitfield(content.had);
}

function requestAdmission(session: Session, result: HandshakeResult): void {
  const { torrent, worker } = session;
  torrent.admissionsOut++;
  const peerId = peerIdFromText(session.identity.peerId);
  const { address } = session.identity;
  const question = { torrent: torrent.id, peerId, ...address, ...versionField(result) };
  worker.engine.admit(question, (admission) => {
    torrent.admissionsOut--;
    if (admission === "admitted") handleAdmitted(session, result);
    else handleRefused(session, admission, result);
    torrent.finishCloseWhenUnused();
  });
}

/** The version of a connection that speaks version 2. */
function versionField({ version = "v1" }: HandshakeResult): Pick<HandshakeResult, "version"> {
  return version === "v1" ? {} : { version };
}

function handleAdmitted(session: Session, result: HandshakeResult): void {
  const { kind } = result;
  const { torrent, worker, identity, rowIndex } = session;
  const peerId = peerIdFromText(identity.peerId);
  worker.notices.emit("peer-opened", {
    torrent: torrent.id,
    peer: rowIndex,
    peerId,
    ...identity.address,
    ...(kind !== undefined && { kind }),
    ...versionField(result),
  });
  if (session.wire.phase === "closed") {
    // The engine counts it as a peer: it must hear opening and end.
    emitPeerClosed(session);
    return;
  }
  session.wire.open();
  reportExtensions(session);
  reportDhtPort(session);
  session.row.setFlag(PeerFlag.inUse, true);
  if (hasContent(session)) closeIfBothSeeds(session);
  if (session.wire.closeReason !== undefined)
    closeSession(session, session.wire.closeReason, false);
  else if (hasContent(session)) {
    if (session.row.flag(PeerFlag.isPeerInterested)) reportPeerInterest(session);
    offerAllowedFast(session);
    refill(session, worker.nowMs());
  }
}

function handleRefused(session: Session, admission: Admission, result: HandshakeResult): void {
  closeSession(session, admission, false);
  session.torrent.releaseRow(session.rowIndex);
  result.onFailed(session.wire.closeReason ?? admission);
}
