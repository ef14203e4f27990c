import test from "ava";
import {
  CrashHistory,
  crashMemoryMs,
  mostCrashes,
  isDeliberate,
} from "../../src/supervision/crash-history.ts";

test("the second crash at one input within an hour is `repeated`", (t) => {
  const history = new CrashHistory();
  t.is(history.recordCrash("peer 1 a", 0), "first");
  t.is(history.recordCrash("peer 1 b", 0), "first");
  t.is(history.recordCrash("peer 1 a", crashMemoryMs - 1), "repeated");
});

test("after `repeated` both crashes are forgotten", (t) => {
  const history = new CrashHistory();
  t.deepEqual(
    [0, 1, 2, 3].map((nowMs) => history.recordCrash("a", nowMs)),
    ["first", "repeated", "first", "repeated"],
  );
});

test("a crash of more than an hour ago is forgotten", (t) => {
  const history = new CrashHistory();
  t.is(history.recordCrash("a", 0), "first");
  t.is(history.recordCrash("a", crashMemoryMs), "first");
  t.is(history.recordCrash("a", crashMemoryMs + 1), "repeated");
});

test("beyond its bound the oldest input is forgotten", (t) => {
  const history = new CrashHistory();
  for (let n = 0; n <= mostCrashes; n++) t.is(history.recordCrash(String(n), 0), "first");
  t.is(history.recordCrash("0", 0), "first");
  t.is(history.recordCrash(String(mostCrashes), 0), "repeated");
});

test("a requested end does not count as a crash", (t) => {
  t.true(isDeliberate(Object.assign(new Error("killed"), { code: "actor-killed" })));
  t.false(isDeliberate(new TypeError("undefined is not a function")));
  t.false(isDeliberate(undefined));
});
