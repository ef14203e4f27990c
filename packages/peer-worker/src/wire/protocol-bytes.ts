import { PeerField } from "@troupe/messages";
import { handshakeLengthBytes } from "@troupe/protocol/peer";

import { type Session, type SessionWithContent, hasContent } from "../session/session.ts";

/** Counts the handshakes of both sides, which were exchanged before the session began. */
export function countHandshakes(session: Session): void {
  if (session.identity.isWebSeed) return;
  session.wire.bytes.uncounted += handshakeLengthBytes;
  session.countMessage(handshakeLengthBytes);
  if (hasContent(session)) countProtocolReceived(session);
}

/**
 * Counts the bytes of a chunk that are no payload, and the rest of an abandoned block. Call it after the chunk was read. The
 * payload of a block that is discarded counts from its first byte on, so the number of protocol bytes may fall for a while.
 */
export function countProtocolReceived(session: SessionWithContent): void {
  const { content, row, wire } = session;
  const { bytes } = wire;
  const payloadBytes = row.field(PeerField.downloadedBytes) + wire.reader.blockBytesReceived;
  const newBytes = bytes.uncounted - payloadBytes;
  if (newBytes <= 0) return;
  const restBytes = Math.min(newBytes, bytes.abandoned);
  if (restBytes > 0) {
    bytes.abandoned -= restBytes;
    session.countReceived(restBytes);
    content.countWasted(restBytes);
  }
  session.countProtocolReceived(newBytes - restBytes);
  bytes.uncounted = payloadBytes + restBytes;
}
