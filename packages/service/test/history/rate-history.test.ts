import test from "ava";
import { RateHistory, ringShapes, spanNames } from "../../src/history/rate-history.ts";

const hourMs = 3_600_000;
const startMs = 1_790_000_000_000;

/** Seconds of the rate 100 up to a time. */
function secondsTo(endsAt: number, seconds: number, rate = 100) {
  const rates = Array.from({ length: seconds }, () => rate);
  return { endsAt, lengthsMs: rates.map(() => 1_000), down: rates, up: rates };
}

test("L25: a second is in each span", (t) => {
  const history = new RateHistory();
  history.add(secondsTo(startMs, 4), 0);
  for (const span of spanNames) {
    const { downBytes, measuredMs, slotMs } = history.read(span, startMs - 1);
    t.is(downBytes.length, ringShapes[span].slots);
    t.is(slotMs, ringShapes[span].slotMs);
    t.is(
      measuredMs.reduce((sum, each) => sum + each),
      4_000,
    );
    t.is(
      downBytes.reduce((sum, each) => sum + each),
      400,
    );
  }
  t.deepEqual(history.read("ten-minutes", startMs - 1).measuredMs.slice(-3), [0, 2_000, 2_000]);
});

test("L25: spans are of ten minutes, a day and 31 days", (t) => {
  const lengths = spanNames.map((span) => ringShapes[span].slotMs * ringShapes[span].slots);
  t.deepEqual(lengths, [hourMs / 6, 24 * hourMs, 31 * 24 * hourMs]);
});

test("L25: a clock that steps back an hour leaves the day and the month", (t) => {
  const history = new RateHistory();
  history.add(secondsTo(startMs, 600), 0);
  history.add(secondsTo(startMs - hourMs, 600), 600_000);
  for (const span of ["day", "month"] as const) {
    const { downBytes } = history.read(span, startMs);
    t.is(
      downBytes.reduce((sum, each) => sum + each),
      120_000,
    );
  }
});

test("L25: a clock that is not set yet does not end the history, and a lasting one does after ten minutes", (t) => {
  const history = new RateHistory();
  history.add(secondsTo(startMs, 60), 0);
  const measured = (nowMs: number) =>
    history.read("month", nowMs).measuredMs.reduce((a, b) => a + b) / 1_000;
  // 1970, and a year too late.
  history.add(secondsTo(90_000, 60), 60_000);
  history.add(secondsTo(startMs + 365 * 24 * hourMs, 60), 120_000);
  t.is(measured(startMs), 60);
  history.add(secondsTo(startMs + 180_000, 60), 180_000);
  t.is(measured(startMs + 180_000), 120);
  const farMs = startMs + 365 * 24 * hourMs;
  for (let minute = 0; minute <= 10; minute++)
    history.add(secondsTo(farMs + minute * 60_000, 60), 240_000 + minute * 60_000);
  t.is(measured(farMs + hourMs), 60);
  t.is(measured(startMs + 180_000), 0);
});

test("L25: a time before 1970 is no slot", (t) => {
  const history = new RateHistory();
  history.add(secondsTo(-5_000, 60), 0);
  history.add(secondsTo(2_000, 60), 0);
  t.is(history.read("day", 2_000).measuredMs.at(-1), 2_000);
});

test("L25: a second that was measured late is spread over the slots of its whole time, with all its bytes", (t) => {
  const history = new RateHistory();
  const late = { lengthsMs: [1_000, 10_000.6, 999.4], down: [100, 1_000.3, 7], up: [0, 1, 0] };
  history.add({ endsAt: startMs, ...late }, 0);
  const { downBytes, measuredMs } = history.read("ten-minutes", startMs - 1);
  t.is(
    measuredMs.reduce((a, b) => a + b),
    12_000,
  );
  t.is(
    downBytes.reduce((a, b) => a + b),
    100 + 10_004 + 7,
  );
  t.deepEqual(
    measuredMs.slice(-7).map((ms) => ms > 0),
    [false, true, true, true, true, true, true],
  );
});
