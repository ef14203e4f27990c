import test from "ava";
import { CrashHistory, crashMemoryMs, mostCrashes, isDeliberate } from "../src/crash-history.ts";

test("the second death at one input within an hour is told", (t) => {
  const book = new CrashHistory();
  t.false(book.recordCrash("peer 1 a", 0));
  t.false(book.recordCrash("peer 1 b", 0));
  t.true(book.recordCrash("peer 1 a", crashMemoryMs - 1));
});

test("after it was told both deaths are forgotten", (t) => {
  const book = new CrashHistory();
  t.deepEqual(
    [0, 1, 2, 3].map((nowMs) => book.recordCrash("a", nowMs)),
    [false, true, false, true],
  );
});

test("a death of more than an hour ago is no death any more", (t) => {
  const book = new CrashHistory();
  t.false(book.recordCrash("a", 0));
  t.false(book.recordCrash("a", crashMemoryMs));
  t.true(book.recordCrash("a", crashMemoryMs + 1));
});

test("beyond its bound the oldest input is forgotten", (t) => {
  const book = new CrashHistory();
  for (let n = 0; n <= mostCrashes; n++) t.false(book.recordCrash(String(n), 0));
  t.false(book.recordCrash("0", 0));
  t.true(book.recordCrash(String(mostCrashes), 0));
});

test("an end that was asked for is nobody's fault", (t) => {
  t.true(isDeliberate(Object.assign(new Error("killed"), { code: "actor-killed" })));
  t.false(isDeliberate(new TypeError("undefined is not a function")));
  t.false(isDeliberate(undefined));
});
