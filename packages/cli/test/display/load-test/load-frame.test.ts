import { stripVTControlCharacters } from "node:util";
import test from "ava";
import { renderLoadFrame } from "../../../src/display/load-test/load-frame.ts";
import { plainLoadLine } from "../../../src/display/load-test/plain-load-line.ts";
import { columnsOf } from "../../../src/display/text-width.ts";
import { fakeLoadResult } from "../../support/fake-load-result.ts";
import { loadView } from "../../support/load-view.ts";

const plain = { usesUnicode: false, usesColour: false };
const frame = (columns: number, rows: number, view = loadView()) =>
  renderLoadFrame(view, { columns, rows }, plain);

test("the frame shows phase, rates, latencies, states, use and budgets", (t) => {
  t.deepEqual(frame(90, 20), [
    "small-swarm                                                                steady, 4s left",
    "########################----------------  6s of 10s",
    "rate      down 3.00 MiB/s  193 requests/s",
    "latency                            p50      p99      max",
    "connect leech                   220 us   950 us   950 us",
    "request_block leech (closed)    1.1 ms    61 ms    61 ms",
    "own lateness                     20 us   400 us   400 us",
    "peers     leech: 1 connecting, 2 open, 12 unchoked, 5 complete",
    "use       ours: CPU 25 %, memory 119 MiB (+19.0 MiB), 44 descriptors",
    "          this load generator: CPU 12 %, memory 90.0 MiB, 40 descriptors",
    "budgets   request_block{leech,steady}.p99 < 50ms                        61 ms  not yet met",
    "          target.rss.max < base + 128MiB                              119 MiB  holds      ",
  ]);
});

test("no line is wider than the terminal, and no frame higher", (t) => {
  const view = loadView();
  for (const style of [plain, { usesUnicode: true, usesColour: true }]) {
    for (let columns = 10; columns < 120; columns += 7) {
      for (const rows of [2, 3, 5, 9, 30]) {
        const lines = renderLoadFrame(view, { columns, rows }, style);
        t.true(lines.length <= rows);
        for (const line of lines)
          t.true(columnsOf(stripVTControlCharacters(line)) <= columns, `${columns}: ${line}`);
      }
    }
  }
});

/** Requests that were counted cannot become fewer. */
const tooMany = { text: "requests <= 100", seen: 1_930, allowed: 100, holds: false };

test("a broken budget is the last line to give way, and no other budget is", (t) => {
  const { budgets } = fakeLoadResult();
  const view = loadView(fakeLoadResult({ budgets: [...budgets, tooMany] }));
  const [, , third = "", ...others] = frame(80, 3, view);
  t.regex(third, /requests <= 100.*BROKEN/);
  t.deepEqual(others, []);
});

test("a budget about something that was not measured yet is not called broken", (t) => {
  const verdict = { text: "unchoke.p50 < 1s", seen: undefined, allowed: 1_000_000, holds: false };
  const view = loadView(fakeLoadResult({ budgets: [verdict] }));
  t.regex(frame(80, 20, view).at(-1) ?? "", /unchoke.p50 < 1s +not measured {2}waits/);
});

test("before the first second is over the frame says so", (t) => {
  const view = { ...loadView(), elapsedMs: 10, figures: undefined, budgets: [] };
  t.is(frame(60, 20, view).at(-1), "the first second is not over");
});

test("a pipe gets the same in one line", (t) => {
  t.is(
    plainLoadLine(loadView()),
    "steady, 6s of 10s: down 3.00 MiB/s, 19 peers connected, request_block leech (closed) p99 61 ms, ours CPU 25 % memory 119 MiB, 1 of 2 budgets not yet met",
  );
  const { budgets } = fakeLoadResult();
  const view = loadView(fakeLoadResult({ budgets: [...budgets, tooMany] }));
  t.regex(plainLoadLine(view), /, 1 of 3 budgets broken, 1 of 3 budgets not yet met$/);
});
