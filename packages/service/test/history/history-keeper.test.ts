import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import { HistoryKeeper } from "../../src/history/history-keeper.ts";
import { RateHistory, type HistoryContent } from "../../src/history/rate-history.ts";

/** An engine that has moved 100 bytes in each second of its life, and a file in memory. */
function scene(content?: HistoryContent) {
  const time = new ManualTime();
  const warnings: string[] = [];
  const engine = { beganMs: time.nowMs(), isHung: false, asked: 0 };
  const file = {
    content,
    saves: 0,
    error: undefined as Error | undefined,
    isHung: false,
    read: () => (file.content === undefined ? {} : { content: structuredClone(file.content) }),
    save: async (next: HistoryContent) => {
      file.saves++;
      if (file.isHung) await new Promise(() => undefined);
      if (file.error !== undefined) throw file.error;
      file.content = structuredClone(next);
    },
  };
  const rates = async () => {
    engine.asked++;
    if (engine.isHung) await new Promise(() => undefined);
    const seconds = Math.floor((time.nowMs() - engine.beganMs) / 1_000);
    const kept = Array.from({ length: Math.min(600, seconds) }, () => 100);
    const none = kept.map(() => 0);
    return {
      endsAt: time.epochMs(),
      seconds,
      lengthsMs: kept.map(() => 1_000),
      down: kept,
      up: none,
      protocolDown: none,
      protocolUp: none,
    };
  };
  const keeper = new HistoryKeeper({
    ...{ clock: time, timers: time, file, rates },
    warned: (code) => void warnings.push(code),
  });
  const measured = async () => {
    const columns = keeper.read("day");
    await time.pass(0);
    return (await columns).measuredMs.reduce((sum, each) => sum + each) / 1_000;
  };
  return { engine, file, keeper, measured, time, warnings };
}

test("L25: each second of the engine is in the history once, however often it is read", async (t) => {
  const { keeper, measured, time } = scene();
  keeper.begin();
  t.is(await measured(), 0);
  await time.pass(90_000);
  t.is(await measured(), 90);
  t.is(await measured(), 90);
  await time.pass(500);
  t.is(await measured(), 90);
  await time.pass(3_600_000 - 500);
  t.is(await measured(), 3_690);
});

test("L25: the engine is asked once a minute, and the file saved every five minutes", async (t) => {
  const { engine, file, keeper, time } = scene();
  keeper.begin();
  await time.pass(3_600_000);
  t.is(engine.asked, 60);
  t.is(file.saves, 12);
});

test("L25: the end of a service saves its last seconds, and leaves no timer", async (t) => {
  const { file, keeper, time } = scene();
  keeper.begin();
  await time.pass(42_000);
  const closed = keeper.close();
  await time.pass(0);
  await closed;
  t.is(new RateHistory(file.content).read("month", time.epochMs()).measuredMs.at(-1), 42_000);
  t.is(time.pending, 0);
});

test("L25: a new service goes on with the history of the one before", async (t) => {
  const first = scene();
  first.keeper.begin();
  await first.time.pass(300_000);
  const later = scene(first.file.content);
  await later.time.pass(330_000);
  t.is(await later.measured(), 630);
});

test("L25: an engine that began anew counts from its begin", async (t) => {
  const { engine, measured, time } = scene();
  await time.pass(100_000);
  t.is(await measured(), 100);
  engine.beganMs = time.nowMs();
  await time.pass(30_000);
  t.is(await measured(), 130);
});

test("L25: while the engine does not answer, a reader waits a second and gets the history so far", async (t) => {
  const { engine, keeper, measured, time } = scene();
  await time.pass(10_000);
  t.is(await measured(), 10);
  engine.isHung = true;
  const [one, other] = [keeper.read("day"), keeper.read("day")];
  await time.pass(1_000);
  const columns = await Promise.all([one, other]);
  t.deepEqual(
    columns.map(({ measuredMs }) => measuredMs.reduce((a, b) => a + b)),
    [10_000, 10_000],
  );
  t.is(engine.asked, 2);
});

test("L25: a disk that refuses is one warning, and one that hangs holds up nothing", async (t) => {
  const { file, keeper, measured, time, warnings } = scene();
  keeper.begin();
  file.error = new Error("ENOSPC");
  await time.pass(900_000);
  t.deepEqual(warnings, ["rate-history-not-saved"]);
  file.error = undefined;
  file.isHung = true;
  await time.pass(900_000);
  t.is(file.saves, 4);
  t.is(await measured(), 1_440 + 360);
  const closed = keeper.close();
  await time.pass(2_000);
  await closed;
  t.pass();
});
