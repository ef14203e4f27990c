import {
  bitfieldHeaderBytes,
  haveAllBytes,
  writeBitfield,
  writeHaveAll,
  writeHaveNone,
} from "@troupe/protocol/peer";
import type { OutWire } from "./out-wire.ts";
import type { PieceSet } from "./own-pieces.ts";

/** Tells the other side which pieces a peer has, in the shortest message. @param outbox The one of the group. */
export function tellPieces(out: OutWire, outbox: Uint8Array, own: PieceSet, isFast: boolean): void {
  if (isFast && own.isFull) writeHaveAll(outbox, out.room(haveAllBytes));
  else if (own.count > 0) tellBitfield(out, own.bits);
  else if (isFast) writeHaveNone(outbox, out.room(haveAllBytes));
}

/** A bitfield may be longer than the outbox. */
function tellBitfield(out: OutWire, bits: Uint8Array): void {
  const message = new Uint8Array(bitfieldHeaderBytes + bits.length);
  writeBitfield(message, 0, bits);
  out.send(message);
}
