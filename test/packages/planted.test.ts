// The parts of `pnpm test:planted` that need no copy of a tree.

import { join } from "node:path";
import test from "ava";
import { root } from "../../scripts/bundle-modules.ts";
import { planted, readFaults } from "../../scripts/planted/faults.ts";
import { batchesWithin } from "../../scripts/planted/batches.ts";
import { measure, mostSeconds, type Scene } from "../../scripts/planted/measure.ts";
import { nearestTests } from "../../scripts/planted/nearest.ts";
import { failedTitles } from "../../scripts/planted/run-tests.ts";
import { shares } from "../../scripts/planted/shares.ts";
import { compareVerdicts, type Verdict } from "../../scripts/planted/verdicts.ts";

const fault = {
  id: 3,
  kind: "bound",
  path: "a.ts",
  before: "  if (x < 1)",
  after: "  if (x <= 1)",
};

test("the list has a hundred faults, at least six of each kind", (t) => {
  const faults = readFaults(join(root, "test/planted.json"));
  t.deepEqual(
    faults.map(({ id }) => id),
    Array.from({ length: 100 }, (_, at) => at + 1),
  );
  for (const [kind, some] of Map.groupBy(faults, (each) => each.kind))
    t.true(some.length >= 6, kind);
});

test("shares of a count are in proportion to the weights, and their sum is the count", (t) => {
  const weights = new Map([
    ["one", 50],
    ["two", 33],
    ["three", 17],
  ]);
  t.deepEqual(
    [...shares(weights, 10)],
    [
      ...new Map([
        ["one", 5],
        ["two", 3],
        ["three", 2],
      ]),
    ],
  );
});

test("a fault takes the place of its lines and leaves the others", (t) => {
  t.is(planted("a\n  if (x < 1)\nb\n", fault), "a\n  if (x <= 1)\nb\n");
  t.is(planted("  if (x < 1)\nb\n", { ...fault, after: "" }), "\nb\n");
});

test("a fault whose lines are missing, in the text twice or only a part of a line is refused", (t) => {
  const texts = ["a\n", "  if (x < 1)\na\n  if (x < 1)\n", "  if (x < 1) {\n"];
  for (const text of texts)
    t.throws(() => planted(text, fault), {
      message: /^fault 3: its lines are [02] times in a\.ts/,
    });
});

test("the nearest tests come first: namesake, folder, importers of the package, importers elsewhere", (t) => {
  const source = "packages/p/src/a/disk.ts";
  const graph = {
    tests: [
      "packages/p/test/a/disk.test.ts",
      "packages/p/test/a/other.test.ts",
      "packages/p/test/far.test.ts",
      "packages/p/test/near.test.ts",
      "test/integration/any.test.ts",
      "test/integration/disks.test.ts",
      "test/interop/disk.test.ts",
    ],
    importers: new Map([
      [source, ["packages/p/test/near.test.ts", "packages/p/src/b.ts"]],
      ["packages/p/src/b.ts", ["packages/p/test/far.test.ts", "test/integration/any.test.ts"]],
      ["packages/p/test/near.test.ts", ["test/integration/disks.test.ts"]],
    ]),
  };
  const { own, others } = nearestTests(graph, source);
  t.deepEqual(own, [
    "packages/p/test/a/disk.test.ts",
    "packages/p/test/a/other.test.ts",
    "packages/p/test/near.test.ts",
    "packages/p/test/far.test.ts",
  ]);
  t.deepEqual(others, [
    "test/integration/disks.test.ts",
    "test/integration/any.test.ts",
    "test/interop/disk.test.ts",
  ]);
});

test("a package gets half of the budget at first, and each file is in one batch", (t) => {
  const own = Array.from({ length: 300 }, (_, at) => `packages/p/test/${at}.test.ts`);
  const others = Array.from({ length: 30 }, (_, at) => `test/integration/${at}.test.ts`);
  const batches = batchesWithin({ own, others }, () => 3);
  const files = batches.flatMap((batch) => batch.files);
  t.deepEqual(files, [...own.slice(0, 160), ...others, ...own.slice(160, 290)]);
  t.is(
    batches.reduce((sum, { seconds }) => sum + seconds, 0),
    960,
  );
});

/** A fault whose tests all pass, each batch in so many seconds. */
function survivors(seconds: number): Scene {
  const tree = (name: string): Scene["faulty"] => ({
    root: name,
    marker: `${name}.loaded`,
    isLoaded: true,
    read: () => `${fault.before}\n`,
    write: () => undefined,
    restore: () => undefined,
  });
  const tests = Array.from({ length: 300 }, (_, at) => `packages/p/test/${at}.test.ts`);
  return {
    faulty: tree("faulty"),
    clean: tree("clean"),
    runTests: () =>
      Promise.resolve({ isRed: false, titles: [], isHung: false, seconds, waitShare: 0 }),
    graph: { tests, importers: new Map([["packages/p/src/a.ts", tests]]) },
    secondsOf: () => 3,
    isLong: false,
    mostRunning: Infinity,
  };
}

test("a fault survives when its tests took eight minutes, or the whole budget of the ledger", async (t) => {
  const planted = { ...fault, path: "packages/p/src/a.ts" };
  const slow = await measure(survivors(mostSeconds / 2), planted);
  t.like(slow, { verdict: "survived", files: 7, ledgerSeconds: 21 });
  const fast = await measure(survivors(1), planted);
  t.like(fast, { verdict: "survived", files: 300, ledgerSeconds: 900 });
});

test("failed titles are read from TAP", (t) => {
  const tap =
    "TAP version 13\nok 1 - it works\nnot ok 2 - it fails\n  ---\n  name: x\nok 3 - not ok\n";
  t.deepEqual(failedTitles(tap), ["it fails"]);
});

test("a comparison names the faults that only one of two measurements caught, of those in both", (t) => {
  const verdicts = (caught: readonly number[], survived: readonly number[]) => {
    const figures = { files: 1, ledgerSeconds: 3, seconds: 1 };
    const all: Verdict[] = [
      ...caught.map((id) => ({ id, verdict: "caught" as const, ...figures })),
      ...survived.map((id) => ({ id, verdict: "survived" as const, ...figures })),
    ];
    return new Map(all.map((verdict) => [verdict.id, verdict]));
  };
  t.deepEqual(compareVerdicts(verdicts([1, 2, 5], [3, 4]), verdicts([3, 1], [4, 2])), {
    both: [1],
    onlyBefore: [2],
    onlyNow: [3],
    neither: [4],
  });
});
