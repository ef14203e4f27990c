import { ManualTime } from "@troupe/actor-runtime/testing";
import test from "ava";
import { ReadWatch } from "../../src/generator/read-watch.ts";

/** A watch and the waits that it has told. */
function scene(awaitsAnswer: () => boolean = () => true) {
  const time = new ManualTime(0);
  const waits: { readonly cameMs: number; readonly waitMs: number }[] = [];
  const watch = new ReadWatch({
    clock: time,
    timers: time,
    awaitsAnswer,
    waited: (cameMs, readMs) => waits.push({ cameMs, waitMs: readMs - cameMs }),
  });
  return { time, waits, watch };
}

test("in an idle thread no millisecond has a wait", (t) => {
  const { time, waits, watch } = scene();
  watch.begin(10);
  time.advance(110);
  watch.end();
  t.deepEqual(
    waits.map(({ cameMs }) => cameMs),
    Array.from({ length: 100 }, (_, at) => 11 + at),
  );
  t.true(waits.every(({ waitMs }) => waitMs === 0));
  t.is(time.pending, 0);
});

test("each millisecond of a stall waits until the end of the stall", (t) => {
  const { time, waits, watch } = scene();
  watch.begin(0);
  time.advance(100);
  time.freeze(300);
  time.advance(100);
  watch.end();
  t.is(waits.length, 500);
  const late = waits.filter(({ waitMs }) => waitMs > 0);
  t.is(late.length, 299);
  t.deepEqual(late[0], { cameMs: 101, waitMs: 298 });
  t.deepEqual(late.at(-1), { cameMs: 399, waitMs: 1 });
});

test("a stall that lasts until the end is told", (t) => {
  const { time, waits, watch } = scene();
  watch.begin(0);
  time.freeze(50);
  watch.end();
  t.is(waits.length, 50);
  t.is(waits[0]?.waitMs, 48);
});

test("a stall of an hour has as many samples as one of a minute", (t) => {
  const { time, waits, watch } = scene();
  watch.begin(0);
  time.freeze(3_600_000);
  watch.end();
  t.is(waits.length, 60_000);
});

test("a stall in which no answer may come is not told", (t) => {
  let outstanding = 0;
  const { time, waits, watch } = scene(() => outstanding > 0);
  watch.begin(0);
  time.freeze(300);
  time.advance(10);
  t.deepEqual(waits, []);
  outstanding = 1;
  time.freeze(300);
  time.advance(10);
  watch.end();
  t.is(waits.filter(({ waitMs }) => waitMs > 0).length, 299);
});
