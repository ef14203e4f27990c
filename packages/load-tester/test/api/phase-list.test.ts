import test from "ava";
import { phaseList } from "../../src/api/phase-list.ts";

const phases = [
  { name: "ramp", durationMs: 10_000 },
  { name: "steady", durationMs: 20_000 },
];

test("phases follow each other", (t) => {
  t.deepEqual(phaseList(phases), [
    { name: "ramp", beginMs: 0, endMs: 10_000 },
    { name: "steady", beginMs: 10_000, endMs: 30_000 },
  ]);
});

test("a run that ended early has no phase that it did not reach", (t) => {
  t.deepEqual(phaseList(phases, 12_500), [
    { name: "ramp", beginMs: 0, endMs: 10_000 },
    { name: "steady", beginMs: 10_000, endMs: 12_500 },
  ]);
  t.deepEqual(phaseList(phases, 10_000), [{ name: "ramp", beginMs: 0, endMs: 10_000 }]);
  t.deepEqual(phaseList(phases, 0), [{ name: "ramp", beginMs: 0, endMs: 0 }]);
});
