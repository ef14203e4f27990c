// Bitfields as pictures: `##.#` is pieces 0, 1 and 3 of four.

import { hasBit, setBit } from "../../src/peer/index.ts";

/** A picture as a bitfield in wire order. */
export function bitsOf(picture: string): Uint8Array {
  const bits = new Uint8Array(Math.ceil(picture.length / 8));
  for (const [piece, mark] of Array.from(picture).entries()) if (mark === "#") setBit(bits, piece);
  return bits;
}

/** The first pieces of a bitfield as a picture; `none` without a bitfield. */
export function pictureOf(bits: Uint8Array | undefined, pieceCount: number): string {
  if (bits === undefined) return "none";
  return Array.from({ length: pieceCount }, (_, piece) => (hasBit(bits, piece) ? "#" : ".")).join(
    "",
  );
}
