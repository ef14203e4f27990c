// Rows of the ledger: seconds are renewed when they move, facts always.

import test from "ava";
import { renewed } from "../../../scripts/tests/ledger.ts";
import { unexpectedFacts } from "../../../scripts/tests/unexpected-facts.ts";

const file = "packages/protocol/test/units.test.ts";
const line = { file, seconds: 1, threads: 0, children: 0, sockets: 0, hasHooks: false, left: [] };

test("seconds that moved by less than 30 % or half a second stay", (t) => {
  const old = { seconds: 4, cpu: 1 };
  t.deepEqual(renewed(old, { seconds: 5, cpu: 1.45 }), old);
  t.deepEqual(renewed(old, { seconds: 5.52, cpu: 0.2 }), { seconds: 5.5, cpu: 0.2 });
});

test("facts that are gone leave the row, and the long form stays", (t) => {
  const old = {
    seconds: 4,
    cpu: 1,
    threads: 2,
    hooks: true as const,
    long: { seconds: 9, cpu: 9 },
  };
  t.deepEqual(renewed(old, { seconds: 4, cpu: 1, sockets: 1 }), {
    ...{ seconds: 4, cpu: 1, sockets: 1 },
    long: { seconds: 9, cpu: 9 },
  });
});

test("a file of a group that begins to start threads or processes, or leaves a change, is named", (t) => {
  const ledger = { [file]: { seconds: 1, cpu: 1 } };
  t.deepEqual(unexpectedFacts([line], ledger), []);
  for (const [change, words] of [
    [{ threads: 1 }, "starts threads"],
    [{ children: 1 }, "starts processes"],
    [{ hasHooks: true }, "has hooks"],
    [{ left: ["environment"] }, "leaves a change of: environment"],
  ] as const) {
    const [failure] = unexpectedFacts([{ ...line, ...change }], ledger);
    t.is(failure?.file, file);
    t.true(failure?.text.includes(words));
  }
  // What closes late is left to the runs that write the ledger.
  t.deepEqual(unexpectedFacts([{ ...line, left: ["handles"] }], ledger), []);
});
