import test from "ava";
import { LatencyHistogram } from "../../src/measures/latency-histogram.ts";
import type { ThreadWindow } from "../../src/measures/measures.ts";
import { RunMeasures } from "../../src/measures/run-measures.ts";

class Run {
  nowMs = 500;
  readonly measures: RunMeasures;

  constructor(first = "ramp") {
    const phases = [
      { name: first, durationMs: 1_000 },
      { name: "steady", durationMs: 2_000 },
    ];
    this.measures = new RunMeasures(phases, ["leech", "idle"], () => this.nowMs);
    this.measures.begin(500);
  }

  cut(second: number): ThreadWindow {
    const cut = this.measures.cut(second, this.measures.gauges());
    while (cut.step());
    return cut.finish();
  }
}

function latencies({ histograms }: ThreadWindow): string[] {
  return histograms
    .map(({ measure, group, phase, hdr }) => {
      const values = Array.from(LatencyHistogram.decode(hdr).values(), String);
      return `${measure}{${group},${phase}} ${values.join(" ")}`;
    })
    .toSorted();
}

test("a latency belongs to the phase in which it began, a counter to the phase in which it grew", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  run.nowMs = 1_600;
  leech.sample("request_block", 1_400, 1_600);
  leech.sample("request_block", 1_501, 1_600);
  leech.count("bytes_down", 16_384);
  const window = run.cut(1);
  t.is(window.second, 1);
  t.deepEqual(latencies(window), [
    "request_block{leech,ramp} 199936,1",
    "request_block{leech,steady} 98944,1",
  ]);
  t.deepEqual(window.counts, [
    { counter: "bytes_down", group: "leech", phase: "steady", label: "", value: 16_384 },
  ]);
});

test("a latency of an open load stands beside the latency from its sending", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  run.nowMs = 1_600;
  leech.sample("request_block", 1_400, 1_600, 1_590);
  leech.sample("request_block", 1_400, 1_600);
  leech.sample("connect", 1_400, 1_600, 1_590);
  t.deepEqual(latencies(run.cut(1)), [
    "connect{leech,ramp} 199936,1",
    "request_block_from_sending{leech,ramp} 10000,1",
    "request_block{leech,ramp} 199936,2",
  ]);
});

test("a window has what happened in it alone", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  leech.sample("connect", 500, 501);
  leech.count("opened");
  t.is(run.cut(0).histograms.length, 1);
  leech.sample("connect", 500, 502);
  const second = run.cut(1);
  t.deepEqual(latencies(second), ["connect{leech,ramp} 2000,1"]);
  t.deepEqual(second.counts, []);
  t.deepEqual(run.cut(2).histograms, []);
});

test("what is accounted for counts in the phase in which it began, and lateness is the generator's own", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  run.measures.planned(0, 600);
  run.measures.missed(0, 1_600);
  leech.acted(600, 601);
  run.nowMs = 1_700;
  leech.account("sent", 600);
  const window = run.cut(0);
  t.deepEqual(latencies(window), ["lateness{,ramp} 1000,1"]);
  t.deepEqual(
    window.counts.map(({ counter, phase, label, value }) => [counter, phase, label, value]),
    [
      ["planned", "ramp", "", 1],
      ["sent", "ramp", "", 1],
      ["planned", "steady", "", 1],
      ["not_sent_ours", "steady", "too late", 1],
    ],
  );
});

test("labels of a counter are kept apart, and beyond a hundred counted together", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  leech.count("closed_by_target");
  for (let reason = 0; reason < 150; reason += 1) leech.count("closed_by_target", 1, `r${reason}`);
  leech.count("closed_by_target", 2, "x".repeat(1_000));
  const { counts } = run.cut(0);
  t.is(counts.length, 102);
  t.is(counts.find(({ label }) => label === "other")?.value, 52);
  t.is(counts.find(({ label }) => label === "")?.value, 1);
  t.true(counts.every(({ label }) => label.length <= 100));
});

test("gauges are the states of the peers of each group at the end of a window", (t) => {
  const run = new Run();
  const leech = run.measures.recorder("leech");
  leech.moved(undefined, "waiting");
  leech.moved(undefined, "waiting");
  leech.moved("waiting", "connecting");
  const { gauges } = run.cut(0);
  t.like(gauges["leech"], { waiting: 1, connecting: 1, open: 0 });
  t.like(gauges["idle"], { waiting: 0, connecting: 0 });
});

function accounts({ counts }: ThreadWindow): string[] {
  return counts.map(({ counter, phase, value }) => `${phase} ${counter} ${value}`).toSorted();
}

test("a request of the warm-up that is open at its end counts in the next phase", (t) => {
  const run = new Run("warm-up");
  const leech = run.measures.recorder("leech");
  for (const beganMs of [600, 700, 800]) leech.account("requests", beganMs);
  run.nowMs = 900;
  leech.account("answered", 600);
  leech.sample("request_block", 600, 900);
  const warmUp = run.cut(0);
  t.deepEqual(accounts(warmUp), [
    "warm-up answered 1",
    "warm-up requests 1",
    "warm-up waited_us 300000",
  ]);
  t.deepEqual(latencies(warmUp), ["request_block{leech,warm-up} 299776,1"]);
  run.nowMs = 1_600;
  leech.account("unanswered", 700, "timeout");
  leech.sample("request_block", 700, 1_600);
  const window = run.cut(1);
  t.deepEqual(accounts(window), [
    "steady requests 2",
    "steady unanswered 1",
    "steady waited_in_vain_us 900000",
    "steady waited_us 900000",
  ]);
  t.deepEqual(latencies(window), ["request_block{leech,steady} 899584,1"]);
  leech.account("answered", 800);
  leech.account("requests", 1_400);
  t.deepEqual(accounts(run.cut(2)), [
    "steady answered 1",
    "steady requests 1",
    "steady waited_us 800000",
  ]);
});

test("what is planned in the warm-up is of the warm-up, whenever it ends", (t) => {
  const run = new Run("warm-up");
  run.measures.planned(0, 600);
  run.nowMs = 1_600;
  run.measures.recorder("leech").account("sent", 600);
  t.deepEqual(accounts(run.cut(0)), ["warm-up planned 1", "warm-up sent 1"]);
});
