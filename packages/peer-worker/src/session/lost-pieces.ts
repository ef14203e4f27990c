// Pieces of ours that were lost on disk (BEP 54).

import { dontHaveName, encodeDontHave, type PieceIndex } from "@troupe/protocol";

import type { TorrentContent } from "../torrent.ts";
import { removeOwnPiece } from "./interest.ts";
import type { Session } from "./session.ts";

/** A piece was lost: peers hear of it, and those with it are interesting again. */
export function loseOwnPiece(content: TorrentContent, piece: PieceIndex): void {
  removeOwnPiece(content, piece);
  for (const session of content.sessions) {
    session.control.forgetHave(piece);
    tellLost(session, piece);
  }
}

/** Takes a piece back. @returns Whether the peer supports `lt_donthave`. */
export function tellLost({ control, extensions }: Session, piece: number): boolean {
  const id = extensions.idOf({ name: dontHaveName });
  if (id !== undefined) control.message(encodeDontHave(id, piece));
  return id !== undefined;
}
