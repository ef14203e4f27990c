// Torrents drawn as text, one character a piece.

import { PieceMap } from "@troupe/messages";
import { DataBytes, makeGeometry } from "@troupe/protocol/metainfo";
import type { PieceIndex } from "@troupe/protocol/units";
import { PieceLedger } from "../../src/torrent/pieces/piece-ledger.ts";

/** Bytes of a piece in drawn torrents. */
const drawnPieceBytes = 32_768;

export function piece(index: number): PieceIndex {
  return index as PieceIndex;
}

/** One digit a piece: how many connected peers have it. */
export function counts(drawing: string): Uint16Array {
  return Uint16Array.from(drawing, Number);
}

/** `#` had, `L` leased to worker 0, `h` hashing, `w` writing, `.` missing. */
export function ledgerFrom(drawing: string): PieceLedger {
  const geometry = makeGeometry(drawing.length * drawnPieceBytes, drawnPieceBytes);
  const ledger = new PieceLedger(new DataBytes(geometry, []), new PieceMap(drawing.length));
  for (const [index, character] of Array.from(drawing).entries()) {
    if (character === ".") continue;
    if (character === "#") ledger.toHad(piece(index));
    else ledger.grant(piece(index), 0, 0);
    if (character === "h" || character === "w") ledger.toHashing(piece(index));
    if (character === "w") ledger.toWriting(piece(index));
  }
  return ledger;
}

/** The ledger drawn with the same characters. */
export function draw(ledger: PieceLedger): string {
  return [...ledger.states].map((state) => ".Lhw#".charAt(state)).join("");
}
