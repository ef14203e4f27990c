// The bounds and the strictness of the reader, held against the scanner of longer inputs.

import test from "ava";
import fc from "fast-check";
import { scanBencode } from "../../../src/bencode/bencode-scanner.ts";
import { Field, KrpcFields } from "../../../src/dht/krpc/krpc-fields.ts";
import { bencodeLimits } from "../../../src/bencode/index.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { bencoded, bytesOf } from "../../support/bytes.ts";

const reads = (text: string): boolean => new KrpcFields().read(bytesOf(text));

const accepted = test.macro((t, text: string) => t.true(reads(text)));
const refused = test.macro((t, text: string) => t.false(reads(text)));

const nested = (levels: number): string => `d1:a${"l".repeat(levels)}${"e".repeat(levels)}e`;
const integers = (count: number): string => `d1:zl${"i0e".repeat(count)}ee`;

test("a message is one dictionary", accepted, "de");
test("nothing is no message", refused, "");
test("a list is no message", refused, "le");
test("a string is no message", refused, "1:d");
test("bytes after the message are refused", refused, "dee");
test("a message without an end is refused", refused, "d1:ai1e");
test("a key without a value is refused", refused, "d1:ae");
test("a key that is no string is refused", refused, "di1ei1ee");
test("10 levels are read", accepted, nested(9));
test("11 levels are refused", refused, nested(10));
test("10 levels are read within arguments", accepted, `d1:ad1:z${nested(7)}ee`);
test("11 levels are refused within arguments", refused, `d1:ad1:z${nested(8)}ee`);
test("500 values are read", accepted, integers(497));
test("501 values are refused", refused, integers(498));
test("501 values are refused within arguments", refused, `d1:a${integers(496)}e`);
test("1,500 bytes are read", accepted, `d1:z1490:${"x".repeat(1_490)}e`);
test("1,501 bytes are refused", refused, `d1:z1491:${"x".repeat(1_491)}e`);
test("a string beyond the end is refused", refused, "d1:z5:abce");
test("a length with a leading zero is refused", refused, "d1:z01:ae");
test("a length without a colon is refused", refused, "d1:z1ae");
test("a length of many digits is refused", refused, "d1:z99999999999999999999:ae");
test("an integer with a leading zero is refused", refused, "d1:zi01ee");
test("minus zero is refused", refused, "d1:zi-0ee");
test("an integer without digits is refused", refused, "d1:zi-ee");
test("keys may be out of order", accepted, "d1:yi1e1:ai1ee");
test("an unknown key may come twice", accepted, "d1:zi1e1:zi2ee");
test("a known key may not come twice", refused, "d1:y1:q1:y1:re");
test("a known key of the arguments may not come twice", refused, "d1:ad2:id1:x2:id1:yee");
test("a key of the arguments may be one of the message", accepted, "d1:ad1:v1:xe1:v1:ye");
test("arguments and an answer exclude each other", refused, "d1:ade1:rdee");

/** Values that are mostly sound, and their encodings damaged. */
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.integer({ min: -20, max: 2 ** 40 }),
    fc.string({ maxLength: 5 }),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("id", "v", "t", "y", "zz", "b"), tie("tree"), { maxKeys: 4 }),
  ),
}));
const messages = fc.dictionary(fc.constantFrom("a", "e", "q", "r", "t", "y", "zz"), tree);
const damage = fc.array(
  fc.tuple(fc.nat(200), fc.constantFrom(..."0123:ilde-".split(""), "1:", "1:a", "")),
  { maxLength: 3 },
);

function damaged(bytes: Uint8Array, changes: readonly (readonly [number, string])[]): Uint8Array {
  let text = Buffer.from(bytes).toString("latin1");
  for (const [at, insert] of changes) {
    text = `${text.slice(0, at)}${insert}${text.slice(at + (insert === "" ? 1 : 0))}`;
  }
  return bytesOf(text);
}

test("the syntax that is read is that of every other input", (t) => {
  let sound = 0;
  fc.assert(
    fc.property(messages, damage, (message, changes) => {
      const bytes = damaged(bencoded(message), changes);
      const fields = new KrpcFields();
      const isRead = fields.read(bytes);
      if (isRead) sound += 1;
      const code = codeOfScan(bytes);
      const about = Buffer.from(bytes).toString("latin1");
      if (isRead) t.true(code === undefined || code === "bencode-duplicate-key", about);
      else t.true(code !== undefined || ("a" in message && "r" in message), about);
    }),
    { numRuns: 2_000 },
  );
  t.true(sound > 200, String(sound));
});

function codeOfScan(bytes: Uint8Array): string | undefined {
  try {
    const { end } = scanBencode(bytes, bencodeLimits.krpc);
    return end === bytes.length && bytes[0] === 0x64 ? undefined : "not-one-dictionary";
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
}

test("integers are read up to their bounds, without a sign", (t) => {
  const fields = new KrpcFields();
  const integers = [0, 1, 9, 10, 65_535, 999_999_999_999_999];
  for (const value of integers) {
    t.true(fields.read(bytesOf(`d1:ad4:porti${value}eee`)));
    t.is(fields.integer(Field.port), value);
  }
  for (const text of ["i-1e", "i1000000000000000e", "1:7", "le"]) {
    t.true(fields.read(bytesOf(`d1:ad4:port${text}ee`)));
    t.is(fields.integer(Field.port), undefined);
  }
  for (const value of [0n, 9n, 10n ** 9n - 1n, 10n ** 9n, 2n ** 63n - 1n, 10n ** 19n - 1n]) {
    t.true(fields.read(bytesOf(`d1:ad3:seqi${value}eee`)));
    t.is(fields.longInteger(Field.sequence), value);
  }
  for (const text of ["i-1e", "i10000000000000000000e", "1:7", "le"]) {
    t.true(fields.read(bytesOf(`d1:ad3:seq${text}ee`)));
    t.is(fields.longInteger(Field.sequence), undefined);
  }
});

test("a list is read up to its first list or dictionary", (t) => {
  const fields = new KrpcFields();
  t.true(fields.read(bytesOf("d1:eli7e3:abcl1:xe1:ye1:y1:ee")));
  t.is(fields.openList(Field.error), 2);
  t.deepEqual([fields.itemBytes(0), fields.itemInteger(0)], [-1, 7]);
  t.deepEqual([fields.itemBytes(1), fields.itemInteger(1)], [3, undefined]);
  t.is(fields.openList(Field.kind), 0);
  t.is(fields.openList(Field.want), 0);
});

test("fields of one datagram are not those of the one before", (t) => {
  const fields = new KrpcFields();
  t.true(fields.read(bytesOf("d1:ad2:id2:xye1:q1:ae")));
  t.is(fields.stringBytes(Field.id), 2);
  t.true(fields.read(bytesOf("d1:ade1:qi1ee")));
  t.is(fields.stringBytes(Field.id), -1);
  t.is(fields.stringBytes(Field.method), -1);
  t.true(fields.has(Field.method));
  t.false(fields.has(Field.id));
});

test("only the dictionaries of an item's value have to be sorted", (t) => {
  const fields = new KrpcFields();
  for (const [value, isSorted] of [
    ["d1:a0:1:b0:e", true],
    ["d1:b0:1:a0:e", false],
    ["d1:a0:1:a0:e", false],
    ["d1:a0:2:aa0:1:b0:e", true],
    ["ld1:b0:1:a0:eli1eee", false],
    ["3:abc", true],
  ] as const) {
    t.true(fields.read(bytesOf(`d1:ad1:v${value}1:zd1:b0:1:a0:eee`)));
    t.is(fields.isValueSorted, isSorted, value);
  }
});
