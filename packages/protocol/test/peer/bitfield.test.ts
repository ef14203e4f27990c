import test from "ava";
import fc from "fast-check";
import { countBits, decodeBitfield, hasBit, setBit } from "../../src/peer/index.ts";
import { refuses } from "../support/refusals.ts";

test("piece 0 is the most significant bit of the first byte", (t) => {
  const bits = new Uint8Array(2);
  setBit(bits, 0);
  setBit(bits, 9);
  t.deepEqual([...bits], [0x80, 0x40]);
  t.true(hasBit(bits, 9));
  t.false(hasBit(bits, 8));
  t.false(hasBit(bits, 999));
});

test("case 42: a bitfield of the wrong size is refused", (t) => {
  for (const [bytes, pieces] of [
    [0, 1],
    [2, 8],
    [1, 9],
    [3, 9],
  ] as const) {
    refuses(t, "bitfield-wrong-length", () => decodeBitfield(new Uint8Array(bytes), pieces));
  }
});

test("case 42: every spare bit is refused", (t) => {
  for (let pieces = 1; pieces <= 16; pieces++) {
    for (let bit = 0; bit < Math.ceil(pieces / 8) * 8; bit++) {
      const bits = new Uint8Array(Math.ceil(pieces / 8));
      setBit(bits, bit);
      if (bit < pieces) t.notThrows(() => decodeBitfield(bits, pieces));
      else refuses(t, "bitfield-spare-bits", () => decodeBitfield(bits, pieces));
    }
  }
});

test("a decoded bitfield is a copy, of a Buffer too", (t) => {
  const lent = Buffer.from([0x80]);
  const bits = decodeBitfield(lent, 8);
  lent[0] = 0;
  t.is(bits[0], 0x80);
});

test("the count of bits is the number of set bits", (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(199)), (pieces) => {
      const bits = new Uint8Array(25);
      for (const piece of pieces) setBit(bits, piece);
      t.is(countBits(bits), pieces.length);
      t.true(pieces.every((piece) => hasBit(bits, piece)));
    }),
  );
});
