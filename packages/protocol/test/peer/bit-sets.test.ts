import test from "ava";
import fc from "fast-check";
import {
  addBits,
  bitsInBoth,
  bitsWithout,
  clearBit,
  fillBits,
  hasAnyBit,
  hasBit,
  nextBit,
  nextUnsetBit,
  setBit,
} from "../../src/peer/index.ts";

const bitCount = 40;
const someBits = fc.uint8Array({ minLength: bitCount / 8, maxLength: bitCount / 8 });
const range = fc.tuple(fc.nat(bitCount - 1), fc.nat(bitCount - 1));
const every = Array.from({ length: bitCount }, (_, index) => index);

/** Places of the bits that are set. */
function placesIn(bits: Uint8Array): number[] {
  return every.filter((index) => hasBit(bits, index));
}

test("a range of bits is set or cleared, and no bit beside it", (t) => {
  fc.assert(
    fc.property(someBits, range, fc.boolean(), (before, [first, last], isSet) => {
      const bits = before.slice();
      fillBits(bits, first, last, isSet);
      const expected = every.filter((index) =>
        index >= first && index <= last ? isSet : hasBit(before, index),
      );
      t.deepEqual(placesIn(bits), expected);
    }),
  );
});

test("nextBit finds the first set bit of a range", (t) => {
  fc.assert(
    fc.property(someBits, range, (bits, [first, last]) => {
      const found = placesIn(bits).find((index) => index >= first && index <= last);
      t.is(nextBit(bits, first, last), found);
      t.is(hasAnyBit(bits, first, last), found !== undefined);
    }),
  );
});

test("nextUnsetBit finds the first bit of a range that is not set", (t) => {
  fc.assert(
    fc.property(someBits, range, (bits, [first, last]) => {
      const unset = every.filter(
        (index) => index >= first && index <= last && !hasBit(bits, index),
      );
      t.is(nextUnsetBit(bits, first, last), unset[0]);
    }),
  );
});

test("two sets are united, intersected and subtracted bit by bit", (t) => {
  fc.assert(
    fc.property(someBits, someBits, (one, other) => {
      const [before, sum] = [placesIn(one), one.slice()];
      addBits(sum, other);
      t.deepEqual(
        placesIn(sum),
        every.filter((index) => hasBit(one, index) || hasBit(other, index)),
      );
      t.deepEqual(
        placesIn(bitsInBoth(one, other)),
        before.filter((index) => hasBit(other, index)),
      );
      t.deepEqual(
        placesIn(bitsWithout(one, other)),
        before.filter((index) => !hasBit(other, index)),
      );
      t.deepEqual(placesIn(one), before, "what is asked about stays as it is");
    }),
  );
});

test("clearing a bit leaves the bits beside it", (t) => {
  const bits = Uint8Array.of(0xff, 0xff);
  clearBit(bits, 9);
  clearBit(bits, 9);
  t.deepEqual([...bits], [0xff, 0xbf]);
  setBit(bits, 9);
  t.deepEqual([...bits], [0xff, 0xff]);
});
