import test from "ava";
import { allowedText, wordText } from "../../src/gates/allowed-text.ts";
import { endpoint } from "../../src/settings/shared-gates.ts";
import {
  bytes,
  duration,
  either,
  flag,
  list,
  map,
  rate,
  ratio,
  record,
  text,
  whole,
  word,
} from "../../src/gates/gate.ts";

test("what is allowed is said in a few words", (t) => {
  t.is(allowedText(whole(1, 64)), "a whole number from 1 to 64");
  t.is(allowedText(rate(1_000, 9_000)), "0 or a whole number from 1000 to 9000");
  t.is(allowedText(ratio(10)), "a number above 0, 10 at most");
  t.is(allowedText(list(word("a"), 3)), "a list of 3 at most");
  t.is(allowedText(list(word("a"), 3, 1)), "a list of 1 to 3");
  t.is(
    allowedText(either(word("all", "rate"), whole(1, 9))),
    "all, rate, or a whole number from 1 to 9",
  );
});

test("a command line takes sizes and times with units", (t) => {
  t.is(wordText(bytes(5, 9)), "a size of at least 5 bytes like 64M or 1G");
  t.is(wordText(rate(1_000, 9_000)), "a size of at least 1000 bytes like 800k or 5M, or 0");
  t.is(
    wordText(duration(1_000, Number.MAX_SAFE_INTEGER, { unit: "ms" })),
    "a time of at least a second like 90s, 10m, 2h or 1d",
  );
  t.regex(wordText(duration(5, 60)), /^a time of at least 5s and 60s at most like/);
  t.regex(wordText(list(endpoint, 9)), /^HOST:PORT like/);
  t.is(wordText(record({ a: flag, b: flag })), "a mapping with a, b");
  t.is(wordText(map(text(".", "a letter"), flag, 9)), "a mapping with at most 9 names");
  t.is(wordText(either(whole(0, 0), whole(10, 20))), "0, or a whole number from 10 to 20");
});
