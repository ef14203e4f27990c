import type { Timers } from "@troupe/actor-runtime";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { LoadEnd } from "@troupe/load-peers";
import test from "ava";
import type { RunningLoad } from "../../src/generator/load.ts";
import { ShareRun } from "../../src/generator/share-run.ts";
import { WindowSender } from "../../src/generator/window-sender.ts";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type { Recorder, ThreadWindow } from "../../src/measures/measures.ts";
import { RunMeasures } from "../../src/measures/run-measures.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { intentsAt, visitAt } from "../support/plans.ts";

/** Sends each intent at once, and answers it 5 ms later. */
class PromptLoad implements RunningLoad {
  readonly acted: string[] = [];
  outstanding = 0;
  /** Milliseconds to each answer. */
  answerMs = 5;
  readonly #time: ManualTime;
  readonly #recorder: Recorder;

  constructor(time: ManualTime, recorder: Recorder) {
    this.#time = time;
    this.#recorder = recorder;
  }

  get isWaiting(): boolean {
    return this.outstanding > 0;
  }

  arrive({ peer }: { readonly peer: number }): void {
    this.acted.push(`peer ${peer}`);
    this.#recorder.moved(undefined, "open");
  }

  act(_intents: unknown, index: number, intendedMs: number): void {
    this.acted.push(`intent ${index}`);
    this.#recorder.acted(intendedMs, this.#time.nowMs());
    this.#recorder.account("sent", intendedMs);
    this.outstanding += 1;
    this.#time.after(this.answerMs, () => {
      this.outstanding -= 1;
      this.#recorder.sample("request_block", intendedMs, this.#time.nowMs());
    });
  }

  drain(): void {
    this.acted.push("drain");
  }

  end(how: LoadEnd): Promise<void> {
    this.acted.push(how);
    this.#recorder.moved("open", "gone");
    this.#recorder.count("closed_by_us");
    return Promise.resolve();
  }
}

class TestRun {
  readonly time = new ManualTime();
  readonly windows: ThreadWindow[] = [];
  /** Delays of exact timers, which poll all their time here. */
  readonly polledFor: number[] = [];
  readonly load: PromptLoad;
  readonly #run: ShareRun;
  #isEnding = false;
  ended = 0;

  constructor(plan: Plan, isPrecise = true) {
    const { time, windows } = this;
    const phases = [{ name: "all", durationMs: plan.durationMs }];
    const measures = new RunMeasures(phases, ["leech"], () => time.nowMs());
    this.load = new PromptLoad(time, measures.recorder("leech"));
    const sender = new WindowSender(time, (window) => windows.push(window));
    const timers: Timers = {
      after: (delayMs, task) => time.after(delayMs, task),
      every: (periodMs, task) => time.every(periodMs, task),
      soon: (task) => time.soon(task),
      exactly: (delayMs, task) => {
        this.polledFor.push(delayMs);
        return time.after(delayMs, () => task(delayMs));
      },
    };
    const parts = { clock: time, timers, plan, isPrecise, measures, loads: [this.load], sender };
    this.#run = new ShareRun({ ...parts, drainsMs: [5_000] }, () => this.#drain());
  }

  begin(inMs: number): void {
    this.#run.begin(this.time.nowMs() + inMs);
  }

  #drain(): void {
    void this.#run.drain().then(() => this.#end("drained"));
  }

  end(): void {
    this.#end("cut");
  }

  /** Ends the run like its owner: once. */
  #end(how: LoadEnd): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    void this.#run.end(how).then(() => (this.ended += 1));
  }

  counted(name: string): number {
    return this.windows
      .flatMap(({ counts }) => counts)
      .reduce((sum, { counter, value }) => sum + (counter === name ? value : 0), 0);
  }
}

function totals(windows: readonly ThreadWindow[], measure: string): LatencyHistogram {
  const sum = LatencyHistogram.empty();
  for (const { histograms } of windows) {
    for (const each of histograms) {
      if (each.measure === measure) sum.add(LatencyHistogram.decode(each.hdr));
    }
  }
  return sum;
}

const everyMs = Array.from({ length: 2_500 }, (_, index) => index + 0.25);

test("visits and intents come at their times, and each second has one window", async (t) => {
  const run = new TestRun({
    visits: [visitAt(0, 0), visitAt(1, 1_200)],
    rates: [intentsAt(0, everyMs)],
    durationMs: 2_600,
  });
  run.begin(300);
  await run.time.pass(299);
  t.deepEqual(run.load.acted, []);
  await run.time.pass(1_000);
  t.is(run.load.acted.filter((each) => each.startsWith("intent")).length, 999);
  await run.time.pass(2_000);
  t.is(run.ended, 1);
  t.is(run.load.acted.length, 2_504);
  t.deepEqual(
    run.windows.map(({ second, gauges }) => [second, gauges["leech"]?.open]),
    [
      [0, 1],
      [1, 2],
      [2, 2],
      [3, 2],
    ],
  );
  t.is(totals(run.windows, "lateness").count, 2_500);
  t.is(totals(run.windows, "lateness").maxUs, 0);
  const latencies = totals(run.windows, "request_block");
  t.is(latencies.count, 2_500);
  t.deepEqual(
    [...latencies.values()].map(([value]) => Math.round(value / 1_000)),
    [5],
  );
  t.is(run.time.pending, 0);
});

test("after a stall of the generator every intent is sent, late, and counts from its intended time", async (t) => {
  const run = new TestRun({ visits: [], rates: [intentsAt(0, everyMs)], durationMs: 4_000 });
  run.begin(0);
  await run.time.pass(500);
  run.time.freeze(1_700);
  await run.time.pass(3_000);
  t.is(run.ended, 1);
  t.deepEqual(
    run.windows.map(({ second }) => second),
    [0, 1, 2, 3, 4],
  );
  const lateness = totals(run.windows, "lateness");
  t.is(lateness.count, 2_500);
  const late = [...lateness.values()].filter(([value]) => value > 0);
  t.is(
    late.reduce((sum, [, count]) => sum + count, 0),
    1_700,
  );
  t.true(Math.abs(lateness.maxUs - 1_699_750) < 2_000, `${lateness.maxUs}`);
  t.true(totals(run.windows, "request_block").maxUs > 1_700_000);
});

test("a stall while answers are awaited is measured without an open load", async (t) => {
  const run = new TestRun({ visits: [], rates: [], durationMs: 3_000 });
  run.begin(0);
  run.load.outstanding = 1;
  await run.time.pass(500);
  run.time.freeze(300);
  await run.time.pass(500);
  run.load.outstanding = 0;
  run.time.freeze(300);
  await run.time.pass(2_000);
  t.is(run.ended, 1);
  const waits = totals(run.windows, "read_wait");
  t.true(waits.count >= 1_295 && waits.count <= 1_300, `${waits.count}`);
  t.true(Math.abs(waits.maxUs - 298_000) < 500, `${waits.maxUs}`);
  const late = [...waits.values()].filter(([value]) => value > 0);
  t.is(
    late.reduce((sum, [, count]) => sum + count, 0),
    299,
  );
  t.is(run.time.pending, 0);
});

test("after a stall the intents go out in many short turns", async (t) => {
  const time = new ManualTime();
  const turns: number[] = [];
  const turn = (task: () => void) => () => {
    turns.push(0);
    task();
  };
  const timers: Timers = {
    after: (delayMs, task) => time.after(delayMs, turn(task)),
    every: (periodMs, task) => time.every(periodMs, task),
    exactly: (delayMs, task) => time.exactly(delayMs, task),
    soon: (task) => time.soon(turn(task)),
  };
  const load: RunningLoad = {
    outstanding: 0,
    isWaiting: false,
    arrive: () => {},
    act: () => turns.push((turns.pop() ?? 0) + 1),
    drain: () => {},
    end: () => Promise.resolve(),
  };
  const plan = { visits: [], rates: [intentsAt(0, everyMs)], durationMs: 4_000 };
  const measures = new RunMeasures([{ name: "all", durationMs: 4_000 }], ["leech"], () => 0);
  const sender = new WindowSender(time, () => {});
  const run = new ShareRun(
    {
      ...{ clock: time, timers, plan, isPrecise: false, measures, loads: [load], sender },
      drainsMs: [5_000],
    },
    () => {},
  );
  run.begin(0);
  await time.pass(500);
  time.freeze(1_700);
  await time.pass(3_000);
  t.is(
    turns.reduce((sum, count) => sum + count, 0),
    2_500,
  );
  t.true(turns.filter((count) => count > 30).length > 20);
  t.true(Math.max(...turns) <= 64, `${Math.max(...turns)}`);
});

/** A load of 1,000 actions a second, from 1 s to 1.5 s of three seconds. */
function fastLoad(perSecond: number): Plan {
  const times = Array.from({ length: 500 }, (_, index) => 1_000.25 + index);
  return { visits: [], rates: [intentsAt(0, times, perSecond)], durationMs: 3_000 };
}

function countOf(windows: readonly ThreadWindow[], counter: string): number {
  const counts = windows.flatMap((window) => window.counts);
  return counts.reduce((sum, one) => sum + (one.counter === counter ? one.value : 0), 0);
}

test("a fast open load polls for what is due within 2 ms, and the polled time is told", async (t) => {
  const run = new TestRun(fastLoad(1_000));
  run.begin(0);
  await run.time.pass(4_000);
  t.is(run.ended, 1);
  t.is(run.polledFor.length, 500);
  t.true(run.polledFor.every((delayMs) => delayMs <= 2));
  const polledMs = run.polledFor.reduce((sum, delayMs) => sum + delayMs, 0);
  t.true(polledMs > 490 && polledMs < 510, `${polledMs}`);
  t.is(Math.round(countOf(run.windows, "polled_us") / 1_000), Math.round(polledMs));
  t.is(totals(run.windows, "lateness").maxUs, 0);
  t.is(totals(run.windows, "read_wait").maxUs, 0);
});

test("a slower load, and one that is not to be precise, wait for timers alone", async (t) => {
  for (const run of [new TestRun(fastLoad(999)), new TestRun(fastLoad(1_000), false)]) {
    run.begin(0);
    await run.time.pass(4_000);
    t.is(run.ended, 1);
    t.deepEqual(run.polledFor, []);
    t.is(countOf(run.windows, "polled_us"), 0);
    t.is(totals(run.windows, "lateness").count, 500);
  }
});

test("an early end sends the window that is open, and nothing follows", async (t) => {
  const run = new TestRun({
    visits: [visitAt(0, 0)],
    rates: [intentsAt(0, everyMs)],
    durationMs: 60_000,
  });
  run.begin(0);
  await run.time.pass(1_100.5);
  run.end();
  await run.time.pass(5_000);
  t.is(run.ended, 1);
  t.deepEqual(
    run.windows.map(({ second }) => second),
    [0, 1],
  );
  const [, last] = run.windows;
  t.is(last?.counts.find(({ counter }) => counter === "planned")?.value, 101);
  t.is(last?.counts.find(({ counter }) => counter === "closed_by_us")?.value, 1);
});

test("a load that does not close in time delays the last window by a second at most", async (t) => {
  const run = new TestRun({ visits: [], rates: [], durationMs: 60_000 });
  run.load.end = () => new Promise<never>(() => {});
  run.begin(0);
  await run.time.pass(100);
  run.end();
  await run.time.pass(999);
  t.is(run.windows.length, 0);
  await run.time.pass(10);
  t.is(run.windows.length, 1);
});

test("intents and visits that were due when the run was ended from outside count as not sent", async (t) => {
  for (const { visits, rates, planned } of [
    { visits: [], rates: [intentsAt(0, everyMs)], planned: 2_500 },
    { visits: everyMs.map((atMs, peer) => visitAt(peer, atMs)), rates: [], planned: 2_500 },
  ]) {
    const run = new TestRun({ visits, rates, durationMs: 2_500 });
    run.begin(0);
    await run.time.pass(2_000);
    run.time.freeze(750);
    run.end();
    await run.time.pass(2_000);
    t.is(run.counted("planned"), planned);
    t.is(run.counted("not_sent_ours"), 500);
    t.is(run.load.acted.length, 2_001);
  }
});

test("of an open load actions are planned, of another one visits", async (t) => {
  const open = new TestRun({
    visits: [visitAt(0, 0)],
    rates: [intentsAt(0, [10, 20])],
    durationMs: 100,
  });
  const closed = new TestRun({ visits: [visitAt(0, 0)], rates: [], durationMs: 100 });
  for (const run of [open, closed]) {
    run.begin(0);
    await run.time.pass(200);
  }
  t.deepEqual([open.counted("planned"), closed.counted("planned")], [2, 1]);
});

test("after its time a run sends nothing, and drains until all is answered", async (t) => {
  const run = new TestRun({ visits: [], rates: [intentsAt(0, [990])], durationMs: 1_000 });
  run.load.answerMs = 800;
  run.begin(0);
  await run.time.pass(1_700);
  t.deepEqual([run.load.acted, run.ended], [["intent 0", "drain"], 0]);
  await run.time.pass(200);
  t.deepEqual([run.load.acted, run.ended], [["intent 0", "drain", "drained"], 1]);
  t.is(totals(run.windows, "request_block").count, 1);
  t.deepEqual(
    run.windows.map(({ second }) => second),
    [0, 1],
  );
  t.is(run.time.pending, 0);
});

test("a drain ends at its limit, and at once when the run is cut", async (t) => {
  const [late, cut] = [0, 1].map(
    () => new TestRun({ visits: [], rates: [intentsAt(0, [990])], durationMs: 1_000 }),
  );
  if (late === undefined || cut === undefined) return t.fail();
  for (const run of [late, cut]) {
    run.load.answerMs = 60_000;
    run.begin(0);
    await run.time.pass(1_500);
  }
  cut.end();
  await cut.time.pass(100);
  t.deepEqual(cut.load.acted, ["intent 0", "drain", "cut"]);
  await late.time.pass(4_400);
  t.is(late.ended, 0);
  await late.time.pass(200);
  t.deepEqual(late.load.acted, ["intent 0", "drain", "drained"]);
});
