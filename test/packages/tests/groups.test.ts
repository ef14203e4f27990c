// Which test files share a process, and in which lane they are.

import test from "ava";
import { groupsOf, laneOf, limitOf, secondsOf } from "../../../scripts/tests/test-files.ts";

const small = [
  "packages/protocol/test/peer/bitfield.test.ts",
  "packages/protocol/test/units.test.ts",
  "packages/tracker/test/swarm.test.ts",
];
const row = { seconds: 1.8, cpu: 1.5 };

test("files that leave nothing behind share a process of fifteen seconds", (t) => {
  const ledger = Object.fromEntries(small.map((file) => [file, row]));
  t.deepEqual(
    groupsOf(small, ledger).map(({ files }) => files),
    [small],
  );
  const long = Object.fromEntries(small.map((file) => [file, { ...row, cpu: 9 }]));
  t.deepEqual(
    groupsOf(small, long).map(({ files }) => files),
    small.map((file) => [file]),
  );
});

test("a file that the ledger does not know, has hooks or leaves a change runs alone", (t) => {
  const [alone = "", ...others] = small;
  for (const facts of [undefined, { hooks: true as const }, { left: ["globals"] }]) {
    const ledger = {
      ...Object.fromEntries(others.map((file) => [file, row])),
      ...(facts !== undefined && { [alone]: { ...row, ...facts } }),
    };
    const groups = groupsOf(small, ledger).map(({ files }) => files);
    t.true(groups.some((files) => files.length === 1 && files[0] === alone));
    // A lane has groups of its own.
    t.is(groups.length, 2);
  }
});

test("the lane follows what a file starts, and engines are always in lane E", (t) => {
  const [file = ""] = small;
  t.is(laneOf(file, row), "D");
  t.is(laneOf(file, { ...row, threads: 1 }), "E");
  t.is(laneOf(file, { ...row, sockets: 2 }), "E");
  t.is(laneOf(file, undefined), "D");
  t.is(laneOf("test/integration/bans.test.ts", row), "E");
  t.is(laneOf("test/interop/load-accounts.test.ts", row), "M");
});

test("waits for a core are no seconds of a deterministic file, and of an engine's file all seconds count", (t) => {
  const [file = ""] = small;
  t.is(secondsOf(file, { seconds: 9, cpu: 2 }), 2);
  t.is(secondsOf(file, { seconds: 9, cpu: 2, threads: 1 }), 9);
  t.is(secondsOf(file, { seconds: 9, cpu: 2, long: { seconds: 50, cpu: 40 } }, true), 40);
});

test("a process of the long lanes has minutes, also where the ledger knows the gate's seconds alone", (t) => {
  t.is(limitOf(24), 180);
  t.is(limitOf(24, true), 510);
  t.is(limitOf(100, true), 560);
});

test("the longest process begins first", (t) => {
  const ledger = Object.fromEntries(
    small.map((file, place) => [file, { ...row, cpu: 20 + place }]),
  );
  t.deepEqual(
    groupsOf(small, ledger).map(({ seconds }) => seconds),
    [22, 21, 20],
  );
});
