import { countBits, decodeBitfield, hasBit, setBit } from "@troupe/protocol/peer";

import { bytesMutator } from "../engine/mutate-bytes.ts";
import { acceptedBy, hold, sameBytes } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

/** The bitfield of a peer. The first two bytes are the number of pieces. */
export const bitfield: FuzzTarget = {
  name: "bitfield",
  oracle: "refused with a code, or bits counted one by one and set one by one give the same",
  sources: ["protocol/src/peer/bitfield"],
  seeds: () => [
    Uint8Array.of(0, 8, 0xff),
    Uint8Array.of(0, 9, 0xff, 0x80),
    Uint8Array.of(0, 1, 0x80),
  ],
  mutate: bytesMutator([]),
  maxBytes: 512,
  run(input) {
    const pieceCount = 1 + ((((input[0] ?? 0) << 8) | (input[1] ?? 0)) % 4_000);
    const payload = input.subarray(2);
    const bits = acceptedBy(() => decodeBitfield(payload, pieceCount));
    const isFitting = payload.length === Math.ceil(pieceCount / 8);
    if (bits === undefined) {
      hold(!isFitting || hasSpareBit(payload, pieceCount), "refused without a reason");
      return;
    }
    hold(isFitting && !hasSpareBit(payload, pieceCount), "accepted against the rules");
    const copy = new Uint8Array(bits.length);
    let count = 0;
    for (let piece = 0; piece < pieceCount + 20; piece++) {
      if (!hasBit(bits, piece)) continue;
      hold(piece < pieceCount, "a piece behind the end");
      count += 1;
      setBit(copy, piece);
    }
    hold(count === countBits(bits) && sameBytes(copy, bits), "counted otherwise");
    hold(bits.buffer !== input.buffer, "lent memory is kept");
  },
};

function hasSpareBit(bits: Uint8Array, pieceCount: number): boolean {
  for (let piece = pieceCount; piece < bits.length * 8; piece++)
    if (hasBit(bits, piece)) return true;
  return false;
}
