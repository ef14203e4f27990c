import test from "ava";
import fc from "fast-check";
import { type BencodeValue, bencodeLimits, decode, decodePrefix } from "../../src/bencode/index.ts";
import type { ProtocolErrorCode } from "../../src/errors.ts";
import { bencoded, bytesOf, textOf } from "../support/bytes.ts";
import { acceptsOrRefuses, refuses, survivesDamage } from "../support/refusals.ts";

/** The bounds of files without their tolerance. */
const strictLimits = { ...bencodeLimits.file, maxOddities: 0 };

const refused = test.macro(
  (t, input: string | Uint8Array, code: ProtocolErrorCode, offset?: number) => {
    const bytes = typeof input === "string" ? bytesOf(input) : input;
    const error = refuses(t, code, () => decode(bytes, strictLimits));
    if (offset !== undefined) t.is(error.details["offset"], offset);
  },
);

for (const [input, offset] of [
  ["l-3:e", 1],
  ["d-3:e", 1],
  ["-5:", 0],
  ["l-4:xe", 1],
] as const) {
  test(
    `case 1: the negative length in ${input} is refused at its offset`,
    refused,
    input,
    "bencode-malformed",
    offset,
  );
}

for (const input of [
  "5:abc",
  "99999999999999999999:a",
  "4294967297:a",
  "9007199254740993:a",
  "1:",
  "l10:abce",
  `${"9".repeat(100_000)}:a`,
]) {
  test(
    `case 2: the length in ${input.slice(0, 24)}, beyond the input, is refused`,
    refused,
    input,
    "bencode-malformed",
  );
}

for (const input of [
  "i-0e",
  "i007e",
  "i00e",
  "i-07e",
  "i+7e",
  "i1.9e",
  "ie",
  "i-e",
  "i--1e",
  "i 1e",
  "003:abc",
  "00:",
  "+3:abc",
  "3.9:abc",
  ":abc",
  "3;abc",
]) {
  test(`case 3: ${input} is refused`, refused, input, "bencode-malformed");
}

for (const input of [
  "",
  "e",
  "i1",
  "l",
  "d",
  "d1:a",
  "d1:ae",
  "x",
  "di1ei2ee",
  "dlei1ee",
  "3",
  "3:ab",
]) {
  test(`an incomplete value is refused: "${input}"`, refused, input, "bencode-malformed");
}

test("case 4: integers beyond 2⁵³ and 2⁶³ are read exactly", (t) => {
  for (const digits of [
    "9007199254740993",
    "-9007199254740993",
    "18446744073709551617",
    "0",
    "-1",
  ]) {
    t.is(decode(bytesOf(`i${digits}e`)).integer, BigInt(digits));
  }
});

test("case 4: an integer of 400 digits is skipped, and refused where its value is used", (t) => {
  const value = decode(bytesOf(`d1:ai${"9".repeat(400)}e1:bi1ee`));
  t.is(value.get("b")?.integer, 1n);
  refuses(t, "field-invalid", () => value.get("a")?.integer);
});

test("case 5: nesting is refused at the limit, lists and dictionaries alike", (t) => {
  for (const [limits, depth] of [
    [bencodeLimits.file, 64],
    [bencodeLimits.wire, 16],
    [bencodeLimits.krpc, 10],
  ] as const) {
    const nested = (levels: number, open: string) =>
      bytesOf(open.repeat(levels) + "i1e" + "e".repeat(levels));
    t.notThrows(() => decode(nested(depth, "l"), limits));
    t.notThrows(() => decode(nested(depth, "d1:a"), limits));
    refuses(t, "bencode-too-deep", () => decode(nested(depth + 1, "l"), limits));
    refuses(t, "bencode-too-deep", () => decode(nested(depth + 1, "d1:a"), limits));
  }
});

test(
  "case 5: a million levels use no stack",
  refused,
  "l".repeat(1_000_000),
  "bencode-too-deep",
  64,
);

for (const unit of ["i0e", "0:", "le", "de", "1:a"]) {
  test(`case 6: ten megabytes of ${unit} stop at the token limit`, (t) => {
    const units = Buffer.alloc(bencodeLimits.file.maxBytes - 1, unit, "latin1");
    const bytes = new Uint8Array(Buffer.concat([bytesOf("l"), units]));
    const error = refuses(t, "bencode-too-many-tokens", () => decode(bytes, bencodeLimits.file));
    t.is(error.details["maxTokens"], 3_000_000);
  });
}

test("case 6: tokens are counted with their keys, up to the limit of each source", (t) => {
  const list = (count: number) => bytesOf(`l${"i0e".repeat(count - 1)}e`);
  t.notThrows(() => decode(list(500), { ...bencodeLimits.krpc, maxBytes: 4_000 }));
  refuses(t, "bencode-too-many-tokens", () =>
    decode(list(501), { ...bencodeLimits.krpc, maxBytes: 4_000 }),
  );
  t.notThrows(() => decode(list(10_000), bencodeLimits.wire));
  refuses(t, "bencode-too-many-tokens", () => decode(list(10_001), bencodeLimits.wire));
  refuses(t, "bencode-too-many-tokens", () =>
    decode(bytesOf("d1:ai0ee"), { ...bencodeLimits.krpc, maxTokens: 2 }),
  );
});

test("an input over the limit of its source is refused unread", (t) => {
  refuses(t, "bencode-too-long", () => decode(new Uint8Array(65_537), bencodeLimits.wire));
  refuses(t, "bencode-too-long", () => decode(new Uint8Array(1_048_577), bencodeLimits.tracker));
});

for (const input of [
  "d1:ai1e1:ai2ee",
  "d1:ai1e1:bi2e1:ai3ee",
  "d1:bi1e1:ai2e1:bi3ee",
  "d0:i1e0:i1ee",
  "d1:bd1:ci1ee1:ai2e1:bi3ee",
]) {
  test(
    `case 7: the key that ${input} has twice is refused`,
    refused,
    input,
    "bencode-duplicate-key",
  );
}

test("case 7: keys out of order are accepted with a warning", (t) => {
  const unsorted = decodePrefix(bytesOf("d1:bi1e1:ai2ee"), bencodeLimits.file);
  t.true(unsorted.hasUnsortedKeys);
  t.is(unsorted.root.get("a")?.integer, 2n);
  t.false(decodePrefix(bytesOf("d1:ai1e2:aai2e1:bi3ee"), bencodeLimits.file).hasUnsortedKeys);
});

test("case 7: an unordered dictionary with too many keys for a search of duplicates is refused", (t) => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, i) => `5:${String(99_999 - i).padStart(5, "0")}0:`).join("");
  t.notThrows(() => decode(bytesOf(`d${keys(10_000)}e`), bencodeLimits.file));
  refuses(t, "bencode-malformed", () => decode(bytesOf(`d${keys(10_001)}e`), bencodeLimits.file));
  const inOrder = Array.from({ length: 10_001 }, (_, i) => `5:${10_000 + i}0:`).join("");
  const behind = bytesOf(`ld1:b0:1:a0:ed${inOrder}ee`);
  t.notThrows(() => decode(behind, bencodeLimits.file), "one in order behind one out of order");
});

test("case 7: unordered keys of megabytes are compared", (t) => {
  const key = (first: string) => `4000000:${first}${"x".repeat(3_999_999)}`;
  const unsorted = bytesOf(`d${key("b")}0:${key("a")}0:e`);
  t.true(decodePrefix(unsorted, bencodeLimits.file).hasUnsortedKeys);
  const twice = bytesOf(`d${key("b")}0:1:a0:${key("b")}0:e`);
  refuses(t, "bencode-duplicate-key", () => decode(twice, strictLimits));
});

for (const [input, value] of [
  ["d1:ai1e1:ai2ee", 1n],
  ["d1:bi0e1:ai1e1:bi3e1:ai2ee", 1n],
  ["d1:ai01ee", 1n],
  ["d01:ai1ee", 1n],
  ["d1:ai-0ee", 0n],
] as const)
  test(`a tolerant decoder takes ${input} and reports its oddities`, (t) => {
    const { oddities, root, end } = decodePrefix(bytesOf(input), bencodeLimits.file);
    t.is(root.get("a")?.integer, value);
    t.is(end, input.length);
    t.is(oddities.length, input.includes("b") ? 2 : 1);
    t.deepEqual(decodePrefix(bytesOf("d1:ai1ee"), bencodeLimits.file).oddities, []);
    for (const limits of [bencodeLimits.wire, bencodeLimits.krpc])
      t.throws(() => decodePrefix(bytesOf(input), limits));
  });

test("a length of more than 20 digits is refused", (t) => {
  t.is(decode(bytesOf(`${"0".repeat(19)}1:a`), bencodeLimits.file).string?.length, 1);
  refuses(t, "bencode-malformed", () =>
    decode(bytesOf(`${"0".repeat(20)}1:a`), bencodeLimits.file),
  );
});

test("case 7: unordered keys differ by any byte", (t) => {
  const keys = Array.from({ length: 256 }, (_, byte) => `1:${String.fromCharCode(255 - byte)}0:`);
  t.notThrows(() => decode(bytesOf(`d${keys.join("")}e`)));
  refuses(t, "bencode-duplicate-key", () => decode(bytesOf(`d${keys.join("")}1:\x810:e`)));
});

test("case 8: names of object members are ordinary keys", (t) => {
  const value = decode(
    bytesOf("d2:10i1e1:9i2e9:__proto__d8:pollutedi1ee11:constructori3e4:theni4e8:toStringi5ee"),
  );
  t.is(value.get("__proto__")?.get("polluted")?.integer, 1n);
  t.is(value.get("constructor")?.integer, 3n);
  t.is(value.get("hasOwnProperty"), undefined);
  t.deepEqual(
    [...value.entries()].map(([key]) => textOf(key)),
    ["10", "9", "__proto__", "constructor", "then", "toString"],
  );
  t.is(({} as Record<string, unknown>)["polluted"], undefined);
});

test('case 9: keys are bytes: 0xff, "ff", a byte order mark and U+FFFD stay apart', (t) => {
  const keys = ["ff", "\u00ef\u00bb\u00bf", "\u00ef\u00bb\u00bfa", "\u00ef\u00bf\u00bd", "\u00ff"];
  const value = decode(bytesOf(`d${keys.map((key, i) => `${key.length}:${key}i${i}e`).join("")}e`));
  t.deepEqual(
    [...value.entries()].map(([key, number]) => [textOf(key), number.integer]),
    keys.map((key, i) => [key, BigInt(i)]),
  );
  t.is(value.get("ff")?.integer, 0n);
});

test(
  "case 10: bytes after the end of a value are refused",
  refused,
  "i1eXYZ",
  "bencode-trailing-bytes",
  3,
);

test("case 10: a value before other bytes is decoded on request, with the offset of its end", (t) => {
  const { root, end } = decodePrefix(bytesOf("d8:msg_typei1eeDATA"), bencodeLimits.wire);
  t.is(root.get("msg_type")?.integer, 1n);
  t.is(end, 15);
  t.deepEqual(root.span, { start: 0, end: 15 });
});

test("case 11: a valid input cut or changed anywhere is accepted or refused", (t) => {
  survivesDamage(
    t,
    bytesOf("d3:abcli-12e0:le3:xyzded1:aleee4:listl1:a1:be1:zi9007199254740993ee"),
    (bytes) => drain(decode(bytes)),
  );
});

test("case 11: noise is accepted or refused", (t) => {
  const soup = fc.array(fc.constantFrom(..."dlie0123456789:-abc".split("")), { maxLength: 40 });
  fc.assert(
    fc.property(soup, (characters) => {
      const input = characters.join("");
      acceptsOrRefuses(t, () => drain(decode(bytesOf(input))), input);
    }),
    { numRuns: 3_000 },
  );
  t.pass();
});

/** Values that the oracle writes without loss: no bigint beyond 2⁵³, no null, no fraction; keys of ASCII. */
const encodable = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.uint8Array({ maxLength: 30 }),
    fc.array(tie("value"), { maxLength: 6 }),
    fc.dictionary(
      fc.string({ unit: "grapheme-ascii", maxLength: 6 }).filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
})).value;

test("the output of the npm encoder is decoded as it was", (t) => {
  fc.assert(
    fc.property(encodable, (value) => {
      const bytes = bencoded(value);
      const { root, end, hasUnsortedKeys } = decodePrefix(bytes, bencodeLimits.file);
      t.is(end, bytes.length);
      t.false(hasUnsortedKeys);
      t.deepEqual(plain(root), normal(value));
    }),
    { numRuns: 500 },
  );
});

test("every value has its exact offsets", (t) => {
  fc.assert(
    fc.property(encodable, (value) => {
      const bytes = bencoded([value, 7, value]);
      const parts = [...decode(bytes, bencodeLimits.file).items()];
      t.deepEqual(parts[0]?.encoded, bencoded(value));
      t.deepEqual(parts[2]?.span, {
        start: bytes.length - 1 - bencoded(value).length,
        end: bytes.length - 1,
      });
    }),
    { numRuns: 300 },
  );
});

test("reading a value as another type gives undefined", (t) => {
  const [number, text, list, dictionary] = decode(bytesOf("li1e1:aledee")).items();
  t.is(number?.string, undefined);
  t.is(text?.integer, undefined);
  t.deepEqual([...(text?.items() ?? [])], []);
  t.deepEqual([...(list?.entries() ?? [])], []);
  t.is(list?.get("a"), undefined);
  t.is(dictionary?.get("a"), undefined);
  t.deepEqual(
    [number, text, list, dictionary].map((value) => value?.kind),
    ["integer", "string", "list", "dictionary"],
  );
});

/** Looks at every part of a value, spans included. */
function drain(value: BencodeValue): void {
  plain(value);
  const parts = [value];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part.encoded.length === 0) throw new Error("bug: a value without bytes");
    parts.push(...part.items(), ...Array.from(part.entries(), ([, entry]) => entry));
  }
}

function plain(value: BencodeValue): unknown {
  switch (value.kind) {
    case "integer":
      return value.integer;
    case "string":
      return textOf(value.string ?? new Uint8Array());
    case "list":
      return [...value.items()].map(plain);
    case "dictionary":
      return new Map([...value.entries()].map(([key, entry]) => [textOf(key), plain(entry)]));
  }
}

/** The form that `plain` gives, made from the value itself. */
function normal(value: unknown): unknown {
  if (typeof value === "number") return BigInt(value);
  if (value instanceof Uint8Array) return textOf(value);
  if (Array.isArray(value)) return value.map(normal);
  const entries = Object.entries(value as Record<string, unknown>);
  return new Map(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, entry]) => [key, normal(entry)]),
  );
}
