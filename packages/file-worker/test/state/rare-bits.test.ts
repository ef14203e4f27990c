import test from "ava";
import { RareBits } from "../../src/state/rare-bits.ts";

test("rare bits are those that were set and not cleared", (t) => {
  const bits = new RareBits(2);
  t.true(bits.isEmpty);
  t.false(bits.has(9));
  t.deepEqual(bits.bytes, Uint8Array.of(0, 0));
  bits.clear(9);
  bits.set(9);
  t.false(bits.isEmpty);
  t.true(bits.has(9));
  t.false(bits.has(8));
  t.true(bits.hasAny(3, 9));
  t.false(bits.hasAny(10, 15));
  t.deepEqual(bits.with(Uint8Array.of(1, 1)), Uint8Array.of(1, 0x41));
  t.deepEqual(bits.bytes, Uint8Array.of(0, 0x40));
  bits.put(4, true);
  t.deepEqual([...bits.indexes()], [4, 9]);
  bits.put(4, false);
  bits.clear(9);
  t.false(bits.has(9));
  t.true(bits.isEmpty);
  t.deepEqual([...bits.indexes()], []);
  t.deepEqual(bits.bytes, Uint8Array.of(0, 0));
});

test("rare bits that are replaced by zeros are empty", (t) => {
  const bits = new RareBits(2, Uint8Array.of(0x80, 0));
  t.true(bits.has(0));
  bits.replace(Uint8Array.of(0, 0));
  t.true(bits.isEmpty);
  t.deepEqual(bits.bytes, Uint8Array.of(0, 0));
  t.true(new RareBits(1, Uint8Array.of(0)).isEmpty);
});
