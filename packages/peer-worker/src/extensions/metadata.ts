// The metadata of a torrent, in blocks (BEP 9). The engine decides which block is requested of which peer.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import {
  type MetadataMessage,
  decodeMetadataMessage,
  encodeMetadataHead,
  encodeMetadataReject,
  encodeMetadataRequest,
  metadataBlock,
  metadataBlockBytes,
} from "@troupe/protocol/peer";

import {
  maxMetadataBlocksOut,
  maxMetadataMessageBytes,
  maxUselessMetadataMessages,
  minUnrequestedBytes,
} from "../limits.ts";
import type { Session } from "../session/session.ts";
import type { TorrentExtension } from "../torrent.ts";

/** Not offered for a private torrent: peers get its metadata from the tracker's site alone (BEP 27). */
export const metadataExtension: TorrentExtension = {
  name: "ut_metadata",
  id: 1,
  maxBytes: maxMetadataMessageBytes,
  maxUseless: maxUselessMetadataMessages,
  offer({ content }) {
    if (content === undefined) return {};
    return content.metadata && { metadataSize: content.metadata.length };
  },
  handshakeRead(session, { metadataSize }) {
    if (metadataSize !== undefined && session.torrent.content === undefined)
      session.features.extensions.metadata.offeredBytes = metadataSize;
    reportOffer(session);
  },
  admitted(session) {
    reportOffer(session);
    sendWaiting(session);
  },
  read(session, payload) {
    const message = decodeMetadataMessage(payload);
    switch (message?.type) {
      case "request":
        return readRequest(session, message.block);
      case "data":
        return readBlock(session, message);
      case "reject":
        return readReject(session, message.block);
      default:
        return false;
    }
  },
};

/** Requests a block of an admitted peer. A peer that took its offer back has rejected it. */
export function askMetadata(
  torrent: Session["torrent"],
  { peer, block }: MessageOf<PeerProtocol, "ask-metadata">,
): void {
  const session = torrent.sessionAt(peer);
  if (session?.wire.phase !== "open" || torrent.content !== undefined) return;
  const id = session.features.extensions.idOf(metadataExtension);
  if (id === undefined) return reportReject(session, block);
  session.features.extensions.metadata.noteAsk(block);
  session.wire.control.message(encodeMetadataRequest(id, block));
}

function reportOffer({ features, rowIndex, torrent, wire, worker }: Session): void {
  if (wire.phase !== "open" || torrent.content !== undefined) return;
  const { metadata } = features.extensions;
  const { offeredBytes: sizeBytes } = metadata;
  if (sizeBytes === undefined) return;
  if (features.extensions.idOf(metadataExtension) === undefined) return;
  if (metadata.reportedBytes === sizeBytes) return;
  metadata.reportedBytes = sizeBytes;
  worker.notices.emit("metadata-offered", { torrent: torrent.id, peer: rowIndex, sizeBytes });
}

/** @returns Whether it is one of the first requests for a block that we have. */
function readRequest(session: Session, block: number): boolean {
  const { features, torrent, wire } = session;
  const id = features.extensions.idOf(metadataExtension);
  if (id === undefined) return false;
  const sizeBytes = torrent.content?.metadata?.length ?? 0;
  if (metadataBlockBytes(sizeBytes, block) === 0 || !torrent.isActive) {
    wire.control.message(encodeMetadataReject(id, block));
    return false;
  }
  const isDue = features.extensions.metadata.noteRequest(block);
  sendWaiting(session);
  return isDue;
}

/** Sends requested blocks from the shared buffer, as the peer takes them. */
function sendWaiting(session: Session): void {
  const { metadataIfAny } = session.features.extensions;
  const waiting = metadataIfAny?.waiting;
  if (session.wire.phase !== "open" || waiting === undefined) return;
  if (metadataIfAny?.blocksOut === maxMetadataBlocksOut) return;
  const [block] = waiting;
  if (block === undefined) return;
  waiting.delete(block);
  sendBlock(session, block);
  sendWaiting(session);
}

function sendBlock(session: Session, block: number): void {
  const { features, torrent, wire } = session;
  const id = features.extensions.idOf(metadataExtension);
  const metadata = torrent.content?.metadata;
  if (id === undefined || metadata === undefined) return;
  features.extensions.metadata.blocksOut++;
  wire.control.message(encodeMetadataHead(id, block, metadata.length));
  wire.control.flush();
  const bytes = metadataBlock(metadata, block);
  torrent.content?.countProtocolSent(bytes.length, session.isOverTcp);
  wire.connection.write(bytes, () => {
    features.extensions.metadata.blocksOut--;
    sendWaiting(session);
  });
}

/** An unrequested block is an offence, like a block of a piece. */
function readBlock(
  { features, rowIndex, torrent, wire, worker }: Session,
  { block, totalBytes, bytes }: Extract<MetadataMessage, { readonly type: "data" }>,
): boolean {
  const { metadata } = features.extensions;
  if (!metadata.noteAnswer(block)) {
    wire.offences.count("unrequested-blocks", Math.max(bytes.length, minUnrequestedBytes));
    return true;
  }
  const sizeBytes = totalBytes ?? metadata.offeredBytes;
  if (wire.phase !== "open" || torrent.content !== undefined || sizeBytes === undefined)
    return true;
  worker.notices.emit("metadata-block", {
    torrent: torrent.id,
    peer: rowIndex,
    block,
    sizeBytes,
    bytes: new Uint8Array(bytes),
  });
  return true;
}

function readReject(session: Session, block: number): boolean {
  if (!session.features.extensions.metadata.noteAnswer(block)) return false;
  if (session.wire.phase === "open" && session.torrent.content === undefined)
    reportReject(session, block);
  return true;
}

function reportReject({ torrent, rowIndex, worker }: Session, block: number): void {
  worker.notices.emit("metadata-rejected", { torrent: torrent.id, peer: rowIndex, block });
}
