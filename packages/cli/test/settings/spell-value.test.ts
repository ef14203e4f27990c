import test from "ava";
import { bytes, duration, flag, list, rate, word } from "@troupe/control";
import { spellValue } from "../../src/settings/spell-value.ts";

test("values are spelled as the settings file takes them", (t) => {
  t.is(spellValue(bytes(1, 2 ** 40), 64 << 20), "64M");
  t.is(spellValue(rate(1, 2 ** 40), 1_000), "1000");
  t.is(spellValue(rate(1, 2 ** 40), 0), "0");
  t.is(spellValue(duration(1, 1_000), 90), "90s");
  t.is(spellValue(flag, true), "true");
  t.is(spellValue(list(word("a", "b"), 3), []), "–");
  t.is(spellValue(list(word("a", "b"), 3), ["a", "b"]), "a, b");
  t.is(spellValue(undefined, null), "–");
});
