import test from "ava";
import { phaseFactsOf } from "../../src/api/phase-facts.ts";

const phases = [
  { name: "ramp", durationMs: 10_000 },
  { name: "steady", durationMs: 20_000 },
];

test("phases follow each other", (t) => {
  t.deepEqual(phaseFactsOf(phases), [
    { name: "ramp", beginMs: 0, endMs: 10_000 },
    { name: "steady", beginMs: 10_000, endMs: 30_000 },
  ]);
});

test("a run that ended early has no phase that it did not reach", (t) => {
  t.deepEqual(phaseFactsOf(phases, 12_500), [
    { name: "ramp", beginMs: 0, endMs: 10_000 },
    { name: "steady", beginMs: 10_000, endMs: 12_500 },
  ]);
  t.deepEqual(phaseFactsOf(phases, 10_000), [{ name: "ramp", beginMs: 0, endMs: 10_000 }]);
  t.deepEqual(phaseFactsOf(phases, 0), [{ name: "ramp", beginMs: 0, endMs: 0 }]);
});
