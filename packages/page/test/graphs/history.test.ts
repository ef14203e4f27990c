import test from "ava";
import { historyRows, historyTotal, rateLines } from "../../src/graphs/history.ts";

const columns = {
  beginsAt: 1_790_000_040_000,
  slotMs: 2_000,
  downBytes: [2_000, 0, 0, 500],
  upBytes: [0, 0, 0, 100],
  measuredMs: [2_000, 2_000, 0, 1_000],
};

test("L25: a rate is the bytes of a slot by its measured time, and a slot without any is a gap", (t) => {
  t.deepEqual(rateLines(columns), {
    times: [1_790_000_040, 1_790_000_042, 1_790_000_044, 1_790_000_046],
    down: [1_000, 0, null, 500],
    up: [0, 0, null, 100],
  });
});

test("L25: the total has all bytes and all of the measured time", (t) => {
  t.deepEqual(historyTotal(columns), { downBytes: 2_500, upBytes: 100, measuredMs: 5_000 });
});

test("L25: the table has a row a minute, an hour or a day, the latest first, and none for a gap", (t) => {
  const slots = 8;
  const ofSlot = (slotMs: number, beginsAt: number, measuredMs: readonly number[]) => ({
    ...{ beginsAt, slotMs, measuredMs },
    downBytes: measuredMs.map((each) => each * 10),
    upBytes: measuredMs.map((each) => each),
  });
  const measured = Array.from({ length: slots }, () => 1);
  const start = new Date(2026, 5, 1, 12).getTime();
  const minutes = historyRows(ofSlot(20_000, start, measured), "ten-minutes");
  t.deepEqual(
    minutes.map(({ measuredMs, startMs }) => [(startMs - start) / 60_000, measuredMs]),
    [
      [2, 2],
      [1, 3],
      [0, 3],
    ],
  );
  const hours = historyRows(ofSlot(1_200_000, start, measured), "day");
  t.deepEqual(
    hours.map(({ startMs }) => new Date(startMs).getHours()),
    [14, 13, 12],
  );
  const days = historyRows(ofSlot(6 * 3_600_000, start, [1, 1, 0, 0, 0, 0, 1, 1]), "month");
  t.deepEqual(
    days.map(({ downBytes, startMs }) => [new Date(startMs).getDate(), downBytes]),
    [
      [3, 20],
      [1, 20],
    ],
  );
});
