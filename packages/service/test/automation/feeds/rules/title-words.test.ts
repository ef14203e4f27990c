import test from "ava";
import fc from "fast-check";
import { wordFilter } from "../../../../src/automation/feeds/rules/title-words.ts";

const title = "Some.Show.S01E02.1080p.WEB-DL.x264-GRP";

test("all words must stand in the title, in any order and any case", (t) => {
  t.true(wordFilter("some SHOW")(title));
  t.true(wordFilter("1080p show")(title));
  t.false(wordFilter("some other")(title));
  t.true(wordFilter("web-dl")(title));
  t.true(wordFilter("")(title));
});

test("a word stands alone, unless a star says otherwise", (t) => {
  t.false(wordFilter("sho")(title));
  t.true(wordFilter("sho*")(title));
  t.true(wordFilter("*how")(title));
  t.false(wordFilter("264")(title));
  t.true(wordFilter("*264")(title));
  t.true(wordFilter("s01e*web")(title));
  t.true(wordFilter("s*p")(title));
  t.false(wordFilter("web*show")(title));
  t.true(wordFilter("*")(title));
  t.true(wordFilter("*o*w*")(title));
});

test("an excluded word refuses the title", (t) => {
  t.false(wordFilter("show", "x26*")(title));
  t.true(wordFilter("show", "x265 hevc")(title));
  t.false(wordFilter("", "web*")(title));
});

test("letters of any script have words, and composed letters are the same as one", (t) => {
  t.true(wordFilter("ünï")("Ein.Ünï.Titel"));
  t.true(wordFilter("u\u0308ber")("Über.allem"));
  t.false(wordFilter("шоу")("шоуда"));
  t.true(wordFilter("шоу*")("шоуда"));
});

const letter = fc.constantFrom("a", "b", ".", "-", "1", "*");

/** A regular expression that finds the word of a rule, for short titles. */
function byExpression(word: string, text: string): boolean {
  const edge = "(?:(?<![a-z0-9])|(?![a-z0-9]))";
  const back = "(?:(?<![a-z0-9])|(?![a-z0-9]))";
  const parts = word.split("*").map((part) => part.replaceAll(/[.]/g, String.raw`\.`));
  const first = word.startsWith("*") ? "" : edge;
  const last = word.endsWith("*") ? "" : back;
  return new RegExp(`${first}${parts.join(".*")}${last}`, "s").test(text);
}

test("words are found as a regular expression with the same meaning finds them", (t) => {
  const words = fc.string({ unit: letter, minLength: 1, maxLength: 6 });
  const texts = fc.string({ unit: fc.constantFrom("a", "b", ".", "-", "1", " "), maxLength: 12 });
  fc.assert(
    fc.property(words, texts, (word, text) => wordFilter(word)(text) === byExpression(word, text)),
    { numRuns: 5_000 },
  );
  t.pass();
});

test("a word of many stars on a long title takes few steps", (t) => {
  const filter = wordFilter(`${"a*".repeat(200)}b`);
  t.false(filter("a".repeat(512)));
});
