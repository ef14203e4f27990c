import test from "ava";
import fc from "fast-check";
import { bencodeLimits, decodePrefix, type BencodeValue } from "../../src/bencode/index.ts";
import {
  bencodedList,
  bencodedString,
  spliceDictionary,
} from "../../src/metainfo/splice-dictionary.ts";
import { bencoded, bytesOf, textOf } from "../support/bytes.ts";

function splice(text: string, entries: Readonly<Record<string, string | undefined>>): string {
  const { root } = decodePrefix(bytesOf(text), bencodeLimits.file);
  const changes = Object.entries(entries).map(
    ([key, value]) => [key, value === undefined ? undefined : bytesOf(value)] as const,
  );
  return textOf(spliceDictionary(root, new Map(changes)));
}

test("an entry is replaced where it is, a new one comes before the next greater key", (t) => {
  t.is(
    splice("d1:bi1e1:di2ee", { b: "i9e", c: "le", a: "0:", e: "de" }),
    "d1:a0:1:bi9e1:cle1:di2e1:edee",
  );
  t.is(splice("de", { b: "i1e", a: "i2e" }), "d1:ai2e1:bi1ee");
});

test("an entry is removed, and one that is not there is no matter", (t) => {
  t.is(splice("d1:ai1e1:bi2ee", { a: undefined, z: undefined }), "d1:bi2ee");
});

test("keys out of order, of other bytes and nested values stay as they are", (t) => {
  const text = "d1:zd1:b1:c1:aleei5ee";
  t.is(
    splice(`d1:zd1:bl1:cee2:\xff\xfei5ee`, { c: "i1e" }),
    "d1:c".concat("i1e", "1:zd1:bl1:cee2:\xff\xfei5ee"),
  );
  t.throws(() => splice(text, {}));
});

test("strings and lists are bencoded with the length of their bytes", (t) => {
  t.is(textOf(bencodedString("ä")), "2:\xc3\xa4");
  t.is(textOf(bencodedList([bencodedString("a"), bencodedString(bytesOf("\xff"))])), "l1:a1:\xffe");
});

const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.uint8Array({ maxLength: 12 }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test("whatever a dictionary holds, all entries but the spliced ones stay byte for byte and in order", (t) => {
  const document = fc.dictionary(fc.string({ unit: "binary-ascii", maxLength: 6 }), anyValue, {
    maxKeys: 8,
    noNullPrototype: true,
  });
  const changes = fc.dictionary(
    fc.string({ unit: "binary-ascii", maxLength: 6 }),
    fc.option(anyValue, { nil: undefined }),
    { maxKeys: 4, noNullPrototype: true },
  );
  fc.assert(
    fc.property(document, changes, (from, to) => {
      const { root } = decodePrefix(bencoded(from), bencodeLimits.file);
      const mapped = Object.entries(to).map(
        ([key, value]) => [key, value === undefined ? undefined : bencoded(value)] as const,
      );
      const written = spliceDictionary(root, new Map(mapped));
      const { root: again, end, hasUnsortedKeys } = decodePrefix(written, bencodeLimits.file);
      t.is(end, written.length);
      t.false(hasUnsortedKeys);
      const wanted = new Map(textEntries(root));
      for (const [key, value] of mapped) {
        if (value === undefined) wanted.delete(key);
        else wanted.set(key, textOf(value));
      }
      const isUnnamed = ([key]: readonly [string, string]): boolean => !Object.hasOwn(to, key);
      t.deepEqual(Object.fromEntries(textEntries(again)), Object.fromEntries(wanted));
      t.deepEqual(textEntries(again).filter(isUnnamed), textEntries(root).filter(isUnnamed));
    }),
  );
});

function textEntries(dictionary: BencodeValue): (readonly [key: string, encoded: string])[] {
  return [...dictionary.entries()].map(([key, { encoded }]) => [textOf(key), textOf(encoded)]);
}
