import test from "ava";
import fc from "fast-check";
import { LatencyHistogram } from "../../../src/measures/latency-histogram.ts";
import type { Window } from "../../../src/measures/measures.ts";
import { RunMerge } from "../../../src/results/merge/run-merge.ts";
import type { Second } from "../../../src/results/result.ts";
import { count, latencies, states, windowOf } from "../../support/fake-windows.ts";

function mergeOf(generators: readonly string[], awaitsUse = false) {
  const told: Second[] = [];
  const clock = { nowMs: 0 };
  const merge = new RunMerge({
    generators,
    awaitsUse,
    nowMs: () => clock.nowMs,
    onSecond: (second) => told.push(second),
  });
  return { merge, told, clock };
}

const numbers = (told: readonly Second[]): number[] => told.map(({ second }) => second);

test("a second is told when every generator has told of it, in order", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  merge.take("a", windowOf(0));
  merge.take("a", windowOf(1));
  merge.take("b", windowOf(1));
  t.deepEqual(numbers(told), []);
  merge.take("b", windowOf(0));
  t.deepEqual(numbers(told), [0, 1]);
});

test("a second waits three seconds for a generator that is late, and no longer", (t) => {
  const { merge, told, clock } = mergeOf(["a", "b"]);
  merge.take("a", windowOf(0));
  clock.nowMs = 2_999;
  merge.tick();
  t.deepEqual(numbers(told), []);
  clock.nowMs = 3_000;
  merge.tick();
  t.deepEqual(numbers(told), [0]);
});

test("no second waits for a generator that died", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  merge.take("a", windowOf(0));
  merge.lose("b");
  t.deepEqual(numbers(told), [0]);
});

test("a window that comes after its second was told changes the second and the totals", (t) => {
  const { merge, told, clock } = mergeOf(["a", "b"]);
  const parts = (value: number): Partial<Window> => ({
    counts: [count("blocks", value)],
    histograms: [latencies("connect", "leech", "steady", [value])],
    gauges: { leech: states(value) },
  });
  merge.take("a", windowOf(0, parts(3)));
  clock.nowMs = 4_000;
  merge.tick();
  t.deepEqual(told[0]?.counts, { blocks: { leech: 3 } });
  merge.take("b", windowOf(0, parts(5)));
  t.deepEqual(merge.seconds[0]?.counts, { blocks: { leech: 8 } });
  t.is(merge.seconds[0]?.gauges["leech"]?.open, 8);
  t.is(merge.seconds[0]?.latencies[0]?.count, 2);
  t.is(merge.totals.count("blocks"), 8);
  t.is(told.length, 1);
});

test("a window that is later than a minute still counts in the totals", (t) => {
  const { merge } = mergeOf(["a", "b"]);
  for (let second = 0; second < 100; second++) merge.take("a", windowOf(second));
  merge.end();
  merge.take("b", windowOf(3, { counts: [count("blocks", 7)] }));
  t.is(merge.totals.count("blocks"), 7);
});

test("the end tells of all seconds; a second without windows is empty", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  merge.take("a", windowOf(0));
  merge.take("a", windowOf(2));
  merge.end();
  t.deepEqual(numbers(told), [0, 1, 2]);
  t.deepEqual([told[1]?.counts, told[1]?.latencies], [{}, []]);
});

test("the CPU time of a second is the growth of all generators since the run began, their memory the sum", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  const own = (cpuMs: number) => ({ own: { cpuMs, rssBytes: 10, descriptors: 3 } });
  for (const [second, first, other] of [
    [0, 500, 90],
    [1, 800, 100],
  ] as const) {
    merge.take("a", windowOf(second, own(first)));
    merge.take("b", windowOf(second, own(other)));
  }
  t.deepEqual(
    told.map((second) => second.own),
    [
      { cpuMs: 590, rssBytes: 20, descriptors: 6 },
      { cpuMs: 310, rssBytes: 20, descriptors: 6 },
    ],
  );
});

test("the use of targets reaches its second before and after the windows", (t) => {
  const { merge } = mergeOf(["a"]);
  const use = (rssBytes: number) => ({ ours: { cpuMs: 1, rssBytes, descriptors: 2 } });
  merge.takeUse(0, use(1));
  merge.take("a", windowOf(0));
  merge.take("a", windowOf(1));
  merge.takeUse(1, use(2));
  t.deepEqual(
    merge.seconds.map(({ targets }) => targets["ours"]?.rssBytes),
    [1, 2],
  );
});

test("a second waits three seconds for the use of targets, and no longer", (t) => {
  const { merge, told, clock } = mergeOf(["a"], true);
  const use = { ours: { cpuMs: 1, rssBytes: 2, descriptors: 3 } };
  merge.take("a", windowOf(0));
  t.deepEqual(numbers(told), []);
  merge.takeUse(0, use);
  t.deepEqual(told[0]?.targets, use);
  merge.take("a", windowOf(1));
  clock.nowMs = 3_000;
  merge.tick();
  t.deepEqual(told[1]?.targets, {});
});

test("a use of targets alone makes no second", (t) => {
  const { merge, told, clock } = mergeOf(["a"]);
  merge.takeUse(0, {});
  clock.nowMs = 60_000;
  merge.tick();
  t.deepEqual(told, []);
});

test("latencies of a second have percentiles, phases and generators together", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  const histograms = (values: readonly number[]) => ({
    histograms: [
      latencies("connect", "leech", "ramp", values),
      latencies("connect", "leech", "steady", values),
      latencies("connect", "other", "steady", [9]),
    ],
  });
  merge.take("a", windowOf(0, histograms([0, 1, 2, 3])));
  merge.take("b", windowOf(0, histograms([1024, 1500])));
  const [leech, other] = told[0]?.latencies ?? [];
  t.deepEqual([leech?.group, leech?.count, leech?.p50, other?.count], ["leech", 12, 2, 2]);
  t.true(Math.abs((leech?.max ?? 0) - 1500) <= 2);
});

test("a window with a broken histogram counts for nothing", (t) => {
  const { merge } = mergeOf(["a"]);
  const good = latencies("connect", "leech", "steady", [5]);
  const window = windowOf(0, {
    counts: [count("blocks", 1)],
    histograms: [good, { ...good, hdr: "AAAA" }],
  });
  t.throws(() => merge.take("a", window), { code: "histogram-malformed" });
  t.is(merge.totals.count("blocks"), 0);
  t.is(merge.totals.histogram("connect").count, 0);
});

test("groups may have any name, also one of JavaScript's own", (t) => {
  const { merge, told } = mergeOf(["a"]);
  merge.take(
    "a",
    windowOf(0, {
      counts: [count("blocks", 2, { group: "__proto__" })],
      gauges: JSON.parse(`{"__proto__":${JSON.stringify(states(4))}}`) as Window["gauges"],
    }),
  );
  t.deepEqual(Object.entries(told[0]?.counts["blocks"] ?? {}), [["__proto__", 2]]);
  t.deepEqual(Object.keys(told[0]?.gauges ?? {}), ["__proto__"]);
});

test("seconds and totals are the same in any order of the windows, count for count", (t) => {
  const value = fc.integer({ min: 0, max: 1e9 });
  const one = fc.record({
    generator: fc.constantFrom("a", "b", "c"),
    second: fc.nat(5),
    values: fc.array(value, { maxLength: 5 }),
    blocks: fc.nat(9),
  });
  const runs = fc.uniqueArray(one, {
    maxLength: 12,
    selector: ({ generator, second }) => `${generator}${second}`,
  });
  fc.assert(
    fc.property(runs, fc.infiniteStream(fc.nat(1e6)), (all, draws) => {
      const results = [all, shuffled(all, draws)].map((windows) => {
        const { merge } = mergeOf(["a", "b", "c"]);
        for (const { generator, second, values, blocks } of windows) {
          const own = { cpuMs: 0, rssBytes: 0, descriptors: 0 };
          const histograms = [latencies("connect", "leech", "steady", values)];
          merge.take(
            generator,
            windowOf(second, { histograms, counts: [count("blocks", blocks)], own }),
          );
        }
        merge.end();
        const counts = merge.seconds.map(({ counts: { blocks } }) => blocks?.["leech"] ?? 0);
        const { totals } = merge;
        return {
          counts,
          latencies: [...totals.histogram("connect").values()],
          sum: totals.count("blocks"),
        };
      });
      t.deepEqual(results[0], results[1]);
      const expected = LatencyHistogram.empty();
      for (const latency of all.flatMap(({ values }) => values)) expected.record(latency);
      t.deepEqual(results[0]?.latencies, [...expected.values()]);
    }),
    { numRuns: 40 },
  );
});

function shuffled<Item>(items: readonly Item[], draws: Iterator<number>): Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(Number(draws.next().value) % left.length, 1));
}

test("a thread that tells of the process after another has died counts no CPU time twice", (t) => {
  const { merge, told } = mergeOf(["a", "b"]);
  const none = { cpuMs: 0, rssBytes: 0, descriptors: 0 };
  const use = (cpuMs: number) => ({ cpuMs, rssBytes: 2 ** 20, descriptors: 9 });
  for (const [second, cpuMs] of [5_000, 5_300].entries()) {
    merge.take("a", { ...windowOf(second), own: use(cpuMs) });
    merge.take("b", { ...windowOf(second), own: none });
  }
  merge.lose("a");
  for (const [index, cpuMs] of [5_700, 5_900].entries()) {
    merge.take("b", { ...windowOf(2 + index), own: use(cpuMs) });
  }
  t.deepEqual(
    told.map(({ own }) => own.cpuMs),
    [5_000, 300, 0, 200],
  );
});
