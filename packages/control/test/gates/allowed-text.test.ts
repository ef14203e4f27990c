import test from "ava";
import { allowedText } from "../../src/gates/allowed-text.ts";
import { either, list, rate, ratio, whole, word } from "../../src/gates/gate.ts";

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
