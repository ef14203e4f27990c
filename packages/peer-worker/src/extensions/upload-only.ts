// Peers that download nothing more (BEP 21), seeds among them.

import { PeerFlag } from "@troupe/messages";
import { decodeUploadOnly, uploadOnlyName } from "@troupe/protocol/peer";

import { maxUploadOnlyBytes, maxUploadOnlyMessages } from "../limits.ts";
import type { TorrentExtension } from "../torrent.ts";

/** Each side tells the other whether it is upload-only. */
export const uploadOnlyExtension: TorrentExtension = {
  name: uploadOnlyName,
  id: 4,
  maxBytes: maxUploadOnlyBytes,
  maxUseless: maxUploadOnlyMessages,
  offer: ({ content }) => ({ uploadOnly: content?.isUploadOnly === true }),
  handshakeRead({ row }, { uploadOnly }) {
    if (uploadOnly !== undefined) row.setFlag(PeerFlag.isUploadOnly, uploadOnly);
  },
  admitted() {},
  read({ row }, payload) {
    row.setFlag(PeerFlag.isUploadOnly, decodeUploadOnly(payload));
    return false;
  },
};
