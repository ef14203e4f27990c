// The metadata of a torrent, in blocks (BEP 9).

import {
  decodeMetadataMessage,
  encodeMetadataHead,
  encodeMetadataReject,
  metadataBlock,
  metadataBlockBytes,
} from "@troupe/protocol";

import type { Extension } from "./extension.ts";
import {
  maxMetadataBlocksOut,
  maxMetadataMessageBytes,
  maxUselessMetadataMessages,
  minUnrequestedBytes,
} from "../limits.ts";
import type { Session } from "../session/session.ts";

/** Not offered for a private torrent: peers get its metadata from the tracker's site alone (BEP 27). */
export const metadataExtension: Extension = {
  name: "ut_metadata",
  id: 1,
  maxBytes: maxMetadataMessageBytes,
  maxUseless: maxUselessMetadataMessages,
  offer({ content }) {
    if (content === undefined) return {};
    return content.metadata && { metadataSize: content.metadata.length };
  },
  admitted: sendWaiting,
  read(session, payload) {
    const message = decodeMetadataMessage(payload);
    switch (message?.type) {
      case "request":
        return readRequest(session, message.block);
      case "data":
        return readBlock(session, message.bytes);
      default:
        return false;
    }
  },
};

/** @returns Whether it is the first request for a block that we have. */
function readRequest(session: Session, block: number): boolean {
  const { control, extensions, torrent } = session;
  const id = extensions.idOf(metadataExtension);
  if (id === undefined) return false;
  const sizeBytes = torrent.content?.metadata?.length ?? 0;
  if (metadataBlockBytes(sizeBytes, block) === 0 || !torrent.isActive) {
    control.message(encodeMetadataReject(id, block));
    return false;
  }
  const isFirst = extensions.metadata.noteRequest(block);
  sendWaiting(session);
  return isFirst;
}

/** Sends requested blocks from the shared buffer, as the peer takes them. */
function sendWaiting(session: Session): void {
  const { blocksOut, waiting } = session.extensions.metadata;
  const [block] = waiting;
  if (session.phase !== "open" || block === undefined || blocksOut === maxMetadataBlocksOut) return;
  waiting.delete(block);
  sendBlock(session, block);
  sendWaiting(session);
}

function sendBlock(session: Session, block: number): void {
  const { control, extensions, stream, torrent } = session;
  const id = extensions.idOf(metadataExtension);
  const metadata = torrent.content?.metadata;
  if (id === undefined || metadata === undefined) return;
  extensions.metadata.blocksOut++;
  control.message(encodeMetadataHead(id, block, metadata.length));
  control.flush();
  stream.write(metadataBlock(metadata, block), () => {
    extensions.metadata.blocksOut--;
    sendWaiting(session);
  });
}

/** We request no metadata: a block is an offence, like an unrequested block of a piece. */
function readBlock({ offences }: Session, bytes: Uint8Array): boolean {
  offences.count("unrequested-blocks", Math.max(bytes.length, minUnrequestedBytes));
  return true;
}
