import test from "ava";
import fc from "fast-check";
import { type Encodable, bencodeLimits, decode, encode } from "../../src/bencode/index.ts";
import { bytesOf, textOf } from "../support/bytes.ts";
import { refuses } from "../support/refusals.ts";

class Thing {
  readonly a = 1;
}

for (const [name, value] of [
  ["undefined", undefined],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["a fraction", 1.5],
  ["a number beyond 2⁵³", 2 ** 53],
  ["a bigint", 10n],
  ["a boolean", true],
  ["a lone surrogate", "a\ud800"],
  ["a date", new Date(0)],
  ["a map", new Map([["a", 1]])],
  ["an object of a class", new Thing()],
  ["a view of other numbers", new Uint16Array(2)],
  ["a list with a hole", new Array<number>(1)],
] as const) {
  test(`case 13: ${name} is refused as a value, in a list and in a dictionary`, (t) => {
    const hostile = value as unknown as Encodable;
    refuses(t, "bencode-not-encodable", () => encode(hostile));
    refuses(t, "bencode-not-encodable", () => encode([1, hostile]));
    const error = refuses(t, "bencode-not-encodable", () => encode({ a: hostile, b: 1 }));
    t.true(error.message.includes('"a"'));
  });
}

test("case 13: keys whose order the library would get wrong are refused", (t) => {
  for (const key of ["\uff61", "\u{10000}", "ü", "a\n", "\ud800"]) {
    refuses(t, "bencode-not-encodable", () => encode({ [key]: 1 }));
  }
});

test("case 13: a value that contains itself is refused", (t) => {
  const list: Encodable[] = [];
  list.push(list);
  refuses(t, "bencode-not-encodable", () => encode(list));
});

test("dictionaries are written in the order of their keys", (t) => {
  t.is(
    textOf(encode({ b: [1, "x"], a: -1, B: bytesOf("\xff"), "": "" })),
    "d0:0:1:B1:\xff1:ai-1e1:bli1e1:xee",
  );
});

test("text is written in UTF-8", (t) => {
  t.is(textOf(encode("ü")), "2:\xc3\xbc");
});

test("an encoded value is decoded as it was", (t) => {
  fc.assert(
    fc.property(
      fc.maxSafeInteger(),
      fc.uint8Array(),
      fc.string({ unit: "grapheme" }),
      (number, bytes, text) => {
        const value = decode(encode({ bytes, number, text }), bencodeLimits.file);
        t.is(value.get("number")?.integer, BigInt(number));
        t.deepEqual(new Uint8Array(value.get("bytes")?.string ?? []), bytes);
        t.is(new TextDecoder("utf-8", { ignoreBOM: true }).decode(value.get("text")?.string), text);
      },
    ),
    { numRuns: 200 },
  );
});
