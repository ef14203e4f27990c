import fc from "fast-check";
import test from "ava";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { decodeFrame, encodeFrame } from "../../src/links/frame-codec.ts";
import { EntryKind, type Frame } from "../../src/links/wire.ts";

const frameOf = (message: unknown): Frame => [1, 2, 3, [[EntryKind.cast, "a", message]]];
const roundTrip = (message: unknown) => decodeFrame(encodeFrame(frameOf(message)))[3][0]?.[2];

const plainData = fc.letrec((tie) => ({
  value: fc.oneof(
    fc.string({ unit: anyCharacter }),
    // Minus zero arrives as zero.
    fc.double().map((value) => (value === 0 ? 0 : value)),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
    fc.uint8Array(),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 5, noNullPrototype: true },
    ),
  ),
})).value;

test("plain data arrives unchanged", (t) => {
  fc.assert(fc.property(plainData, (message) => t.deepEqual(roundTrip(message), message)));
});

test("a bigint that a number can hold arrives as a number", (t) => {
  t.is(roundTrip(5n), 5);
});

test("a view of a pool arrives as separate bytes", (t) => {
  const arrived = roundTrip(Buffer.from("ab")) as Uint8Array;
  t.is(arrived.constructor, Uint8Array);
  t.is(arrived.buffer.byteLength, 2);
  t.deepEqual([...arrived], [0x61, 0x62]);
});

test("an encoded frame owns its memory and no more", (t) => {
  const { bytes } = encodeFrame(frameOf("hello"));
  t.is(bytes.buffer.byteLength, bytes.byteLength);
  t.true(bytes.byteLength < 32);
});

test("encoding a frame does not change the frame before it", (t) => {
  const first = encodeFrame(frameOf("first"));
  encodeFrame(frameOf("other"));
  t.deepEqual(decodeFrame(first), frameOf("first"));
});

test("shared memory travels beside the bytes, once for each", (t) => {
  const [a, b] = [new SharedArrayBuffer(1), new SharedArrayBuffer(2)];
  const encoded = encodeFrame(frameOf({ a, more: [b, { again: a }] }));
  t.deepEqual([...encoded.shared], [a, b]);
  const arrived = decodeFrame(encoded)[3][0]?.[2] as {
    a: unknown;
    more: [unknown, { again: unknown }];
  };
  t.is(arrived.a, a);
  t.is(arrived.more[0], b);
  t.is(arrived.more[1].again, a);
});

test("a view of shared memory arrives as a copy", (t) => {
  const memory = new Uint8Array(new SharedArrayBuffer(4)).fill(7);
  const arrived = roundTrip(memory.subarray(1, 3)) as Uint8Array;
  memory.fill(0);
  t.deepEqual([...arrived], [7, 7]);
});

test("values that are not data are refused, and the codec continues", (t) => {
  t.throws(() => encodeFrame(frameOf(Symbol("s"))));
  t.throws(() => encodeFrame(frameOf(2n ** 70n)));
  t.is(roundTrip("fine"), "fine");
});

test("a frame that names missing memory is a bug", (t) => {
  const { bytes } = encodeFrame(frameOf(new SharedArrayBuffer(1)));
  t.throws(() => decodeFrame({ bytes, shared: [] }), {
    message: /^bug: a frame names shared memory 0/,
  });
});
