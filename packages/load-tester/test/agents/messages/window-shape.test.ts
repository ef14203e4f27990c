import test from "ava";
import { windowShape } from "../../../src/agents/messages/window-shape.ts";
import { emptyWindow } from "../support/empty-window.ts";
import type { Window } from "../../../src/measures/measures.ts";

const window: Window = {
  ...emptyWindow(3),
  histograms: [{ measure: "connect", group: "leech", phase: "steady", hdr: "HISTFAAA+/w=" }],
  counts: [
    { counter: "closed_by_target", group: "leech", phase: "steady", label: "reset", value: 2 },
  ],
  gauges: {
    leech: { waiting: 1, connecting: 2, open: 3, unchoked: 4, complete: 5, gone: 6 },
  },
};

test("a window comes through its gate as it was", (t) => {
  t.deepEqual(windowShape(JSON.parse(JSON.stringify(window)), "it"), window);
});

test("labels of a window are cleaned and cut to 100 characters", (t) => {
  const label = `\u001B[31m${"x".repeat(200)}`;
  const counts = window.counts.map((count) => ({ ...count, label }));
  const [read] = windowShape({ ...window, counts }, "it").counts;
  t.is(read?.label.length, 100);
  t.false(read?.label.includes("\u001B"));
});

test("a window with a text that is no base64, or an unknown measure, is refused", (t) => {
  const histograms = window.histograms.map((histogram) => ({ ...histogram, hdr: "<script>" }));
  t.throws(() => windowShape({ ...window, histograms }, "it"), {
    message: /hdr is "<script>", allowed is base64/,
  });
  const measures = window.histograms.map((histogram) => ({ ...histogram, measure: "x" }));
  t.throws(() => windowShape({ ...window, histograms: measures }, "it"), {
    message: /measure is "x", allowed is one of connect/,
  });
});
