import { encodeUploadOnly, uploadOnlyName } from "@troupe/protocol/peer";

import type { TorrentContent } from "../torrent.ts";
import { sendExtendedHandshake } from "./extended-handshake.ts";

/** Call it when pieces were had or lost, or others are wanted: peers hear of a change (BEP 21). */
export function announceUploadOnly(content: TorrentContent): void {
  const { isUploadOnly } = content;
  if (content.sentUploadOnly === isUploadOnly) return;
  content.sentUploadOnly = isUploadOnly;
  for (const session of content.sessions) {
    sendExtendedHandshake(session);
    const id = session.features.extensionsIfAny?.idOf({ name: uploadOnlyName });
    if (id !== undefined) session.wire.control.message(encodeUploadOnly(id, isUploadOnly));
  }
}
