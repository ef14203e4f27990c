// Pieces that a peer has lost (BEP 54).

import { decodeDontHave, dontHaveName } from "@troupe/protocol/peer";

import { releasePiece } from "../download/downloads.ts";
import { maxDontHaveBytes, maxDontHaves } from "../limits.ts";
import { countEarlyMemory } from "../wire/early-memory.ts";
import { removePeerPiece } from "../choke/interest.ts";
import { hasContent } from "../session/session.ts";
import type { TorrentExtension } from "../torrent.ts";

/** The peer takes back a piece: our requests for it go to others. */
export const dontHaveExtension: TorrentExtension = {
  name: dontHaveName,
  id: 3,
  maxBytes: maxDontHaveBytes,
  maxUseless: maxDontHaves,
  offer: () => ({}),
  handshakeRead() {},
  admitted() {},
  read(session, payload) {
    if (hasContent(session)) {
      const piece = decodeDontHave(payload, session.content.geometry.pieceCount);
      if (removePeerPiece(session, piece)) releasePiece(session, piece, session.wire.inputAtMs);
    } else if (session.wire.closeReason === undefined) {
      session.features.early.keep().dontHave(decodeDontHave(payload));
      countEarlyMemory(session);
    }
    // Every message counts: pieces may come and go without end.
    return false;
  },
};
