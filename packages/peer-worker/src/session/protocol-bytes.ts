import { PeerField } from "@troupe/messages";

import type { SessionWithContent } from "./session.ts";

/**
 * Counts the bytes of a chunk that are no payload. Call it after the chunk was read. The payload of a block that is
 * discarded counts from its first byte on, so the number of protocol bytes may fall for a while.
 */
export function countProtocolReceived(session: SessionWithContent): void {
  const { reader, receivedBytes, row } = session;
  const payloadBytes = row.field(PeerField.downloadedBytes) + reader.blockBytesReceived;
  const protocolBytes = receivedBytes - payloadBytes;
  if (protocolBytes <= session.protocolBytes) return;
  session.countProtocolReceived(protocolBytes - session.protocolBytes);
  session.protocolBytes = protocolBytes;
}
