import test from "ava";

import { Trace } from "../../src/simulated/trace.ts";

function traceAt(times: readonly number[], isKept: boolean): Trace {
  let at = 0;
  const clock = { nowMs: () => times[at++] ?? 0, epochMs: () => 0, utcOffsetMinutes: () => 0 };
  return new Trace(clock, isKept);
}

test("lines carry the virtual time", (t) => {
  const trace = traceAt([0, 1.5], true);
  trace.add("first");
  trace.add("second");
  t.deepEqual(trace.lines, ["0.000 first", "1.500 second"]);
});

test("the digest depends on lines, their times and their order, kept or not", (t) => {
  const digestOf = (times: readonly number[], words: readonly string[], isKept = true): string => {
    const trace = traceAt(times, isKept);
    for (const word of words) trace.add(word);
    return trace.digest();
  };
  const digest = digestOf([1, 2], ["a", "b"]);
  t.is(digestOf([1, 2], ["a", "b"], false), digest);
  t.not(digestOf([1, 2], ["b", "a"]), digest);
  t.not(digestOf([1, 3], ["a", "b"]), digest);
  t.not(digestOf([1], ["a"]), digest);
});
