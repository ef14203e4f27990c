import test from "ava";
import { malformed, spellPath, spellSeen, wrongValue } from "../src/content-fault.ts";

test("a fault names the place, what was seen and what is allowed", (t) => {
  const fault = wrongValue(["groups", "a", 0], "fast", "a number");
  t.is(fault.message, `groups.a[0] is "fast"; allowed is a number`);
  t.is(spellPath([]), "the file");
  t.is(spellSeen({ a: 1 }), "a mapping of 1");
  t.is(spellSeen(null), "empty");
});

test("the error of a file has its code and its place", (t) => {
  const error = malformed({ code: "a-malformed" }, "a.yaml", { line: 2, column: 3 }, "no");
  t.is(error.message, "a.yaml:2:3: no");
  t.is(error.code, "a-malformed");
  t.deepEqual(error.details, { fileName: "a.yaml", line: 2, column: 3 });
});
