import { PeerField } from "@troupe/messages";

import type { SessionWithContent } from "../session/session.ts";

/**
 * Counts the bytes of a chunk that are no payload. Call it after the chunk was read. The payload of a block that is
 * discarded counts from its first byte on, so the number of protocol bytes may fall for a while.
 */
export function countProtocolReceived(session: SessionWithContent): void {
  const { row, wire } = session;
  const payloadBytes = row.field(PeerField.downloadedBytes) + wire.reader.blockBytesReceived;
  const protocolBytes = wire.uncountedBytes - payloadBytes;
  if (protocolBytes <= 0) return;
  session.countProtocolReceived(protocolBytes);
  wire.uncountedBytes = payloadBytes;
}
