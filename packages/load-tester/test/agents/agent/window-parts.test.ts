import test from "ava";
import { windowParts } from "../../../src/agents/agent/window-parts.ts";
import { emptyWindow } from "../support/empty-window.ts";
import type { Window } from "../../../src/measures/measures.ts";

const window: Window = {
  ...emptyWindow(3),
  histograms: Array.from({ length: 10 }, (_, index) => ({
    measure: "connect",
    group: `g${index}`,
    phase: "steady",
    hdr: "x".repeat(1_000),
  })),
  counts: [{ counter: "opened", group: "g0", phase: "steady", label: "", value: 7 }],
  gauges: { g0: { waiting: 1, connecting: 0, open: 0, unchoked: 0, complete: 0, gone: 0 } },
  own: { cpuMs: 5, rssBytes: 6, descriptors: 7 },
};

test("a window that fits stays whole", (t) => {
  t.deepEqual(windowParts(window, 20_000), [window]);
});

test("parts of a large window fit, and add up to it", (t) => {
  const parts = windowParts(window, 3_500);
  t.true(parts.length > 2 && parts.every((part) => JSON.stringify(part).length <= 3_500));
  t.deepEqual(
    parts.flatMap(({ histograms }) => histograms),
    window.histograms,
  );
  t.deepEqual(
    parts.flatMap(({ counts }) => counts),
    window.counts,
  );
  t.is(
    parts.reduce((sum, { own }) => sum + own.cpuMs, 0),
    5,
  );
  t.deepEqual([...new Set(parts.map(({ second }) => second))], [3]);
  t.is(parts.filter(({ gauges }) => Object.keys(gauges).length > 0).length, 1);
});
