import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../test/support/any-text.ts";
import { cleanReason, cleanText, errorText } from "../../src/text/index.ts";
import { bytesOf } from "../support/bytes.ts";

for (const [name, dirty, clean] of [
  ["terminal colours and cursor jumps", "\u001b[31mred\u001b[2J", "[31mred[2J"],
  ["C1 controls", "a\u009b31mb", "a31mb"],
  ["line breaks and tabs", "one\r\ntwo\tthree\u2028four", "one  two three four"],
  ["a bell and a NUL", "a\u0007\u0000b", "ab"],
  ["direction overrides", "exe.\u202egpj\u2066\u200f", "exe.gpj"],
  ["characters without width", "a\u200b\u200d\ufeff\u00adb", "ab"],
  ["a lone surrogate", "a\ud800b", "ab"],
  ["spaces around", "  \n a b \t ", "a b"],
  ["what is harmless", "Größe 日本語 🏴 <b>", "Größe 日本語 🏴 <b>"],
] as const) {
  test(`case 28: cleaning ${name} leaves only printable text`, (t) => {
    t.is(cleanText(dirty, 100), clean);
  });
}

test("text is cut to its length between characters", (t) => {
  t.is(cleanText("abcdef", 3), "abc");
  t.is(cleanText("a🏴b", 2), "a");
  t.is(cleanText("a🏴b", 3), "a🏴");
});

test("bytes that are not UTF-8 are marked", (t) => {
  t.is(cleanText(bytesOf("a\xffb"), 10), "a\ufffdb");
});

test("cleaning a megabyte of text costs only the part that is shown", (t) => {
  t.is(cleanText(new Uint8Array(1_000_000).fill(0x61), 10), "aaaaaaaaaa");
});

test("cleaning is idempotent and never makes text longer", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter }), fc.nat(40), (text, maxLength) => {
      const clean = cleanText(text, maxLength);
      t.true(clean.length <= maxLength);
      t.is(cleanText(clean, maxLength), clean);
    }),
  );
});

test("a reason loses its full stop, and no other points", (t) => {
  t.is(cleanReason("not registered.", 40), "not registered");
  t.is(cleanReason("wait...", 40), "wait...");
  t.is(cleanReason("no. 1", 40), "no. 1");
  t.is(cleanReason("\u001b[2J.\n", 40), "[2J");
});

test("the text of anything that is thrown is clean, also without a text", (t) => {
  t.is(errorText(new RangeError("no\u001b[2J"), 40), "RangeError: no[2J");
  t.is(errorText("x".repeat(100), 10), "x".repeat(10));
  t.is(errorText(Object.create(null), 40), "an error without a text");
});
