// Pieces of ours that were lost on disk (BEP 54).

import { dontHaveName, encodeDontHave } from "@troupe/protocol/peer";
import type { PieceIndex } from "@troupe/protocol/units";

import type { TorrentContent } from "../torrent.ts";
import { addInterestingPiece } from "../choke/interest.ts";
import type { Session } from "./session.ts";

/** A piece was lost: peers that know of it get a message, and peers that have a wanted piece are interesting again. */
export function loseOwnPiece(content: TorrentContent, piece: PieceIndex): void {
  content.removeHad(piece);
  for (const session of content.sessions) {
    if (session.has(piece) && content.wants(piece)) {
      session.downloadIfAny?.mayAskAgain();
      addInterestingPiece(session);
    }
    session.wire.control.forgetHave(piece);
    const isHidden = session.features.shown?.delete(piece) === false;
    if (!isHidden) tellLost(session, piece);
  }
}

/** Takes a piece back at a peer that supports `lt_donthave`. */
export function tellLost({ features, wire }: Session, piece: number): void {
  const id = features.extensions.idOf({ name: dontHaveName });
  if (id !== undefined) wire.control.message(encodeDontHave(id, piece));
}

/** Whether the peer understands that a piece was lost: by a reject of its request, or by `lt_donthave`. */
export function understandsLoss({ features }: Session): boolean {
  return (
    features.fast !== undefined || features.extensions.idOf({ name: dontHaveName }) !== undefined
  );
}
