import test from "ava";
import { intentLines } from "../../src/plan/intent-lines.ts";
import { planOf } from "../../src/plan/plan-of.ts";
import type { Plan, RateIntents } from "../../src/plan/plan.ts";
import { read, withGroup } from "../support/scenarios.ts";

const mixed = `
targets: { client: "127.0.0.1:1", tracker: "udp://127.0.0.1:2" }
torrents: { payload: { size: 64MiB } }
groups:
  leech: { behaviour: leecher, count: 300, arrival: { poisson: 100/s }, stay: { exponential: 2s }, again-after: 1s }
  open: { behaviour: leecher, count: 50, arrival: { ramp: 5s }, load: { rate: 200/s, spacing: poisson, from: steady } }
  crowd: { behaviour: idle, count: 200, arrival: { crowd: 3s }, stay: { log-normal: 4s, sigma: 0.5 } }
  ask: { behaviour: tracker, count: 30, load: { rate: 150/s } }
phases: { ramp: 10s, steady: 20s }
`;

function arrivals(plan: Plan): number[] {
  return plan.visits.filter(({ visit }) => visit === 0).map(({ arriveMs }) => arriveMs);
}

function onlyRate(plan: Plan): RateIntents {
  const [rate] = plan.rates;
  if (rate === undefined) throw new Error("the plan has no open load");
  return rate;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation. */
function spreadOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

test("one seed gives one list of intents, byte for byte, and another seed another list", (t) => {
  const lines = (seed: number) =>
    [...intentLines(planOf(read(`seed: ${seed}${mixed}`)))].join("\n");
  t.true(lines(5).length > 100_000);
  t.is(lines(5), lines(5));
  t.not(lines(5), lines(6));
});

for (const shareCount of [2, 3, 7]) {
  test(`the plans of ${shareCount} shares together are the whole plan`, (t) => {
    const scenario = read(mixed);
    const shares = Array.from({ length: shareCount }, (_, index) => [
      ...intentLines(planOf(scenario, { index, of: shareCount })),
    ]);
    t.true(shares.every(({ length }) => length > 500));
    t.is(
      shares.flat().toSorted().join("\n"),
      [...intentLines(planOf(scenario))].toSorted().join("\n"),
    );
  });
}

test("intents ascend in time", (t) => {
  const plan = planOf(read(mixed));
  const times = [...intentLines(plan)].map((line) => Number(line.slice(0, 12)));
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  t.is(plan.durationMs, 30_000);
});

test("peers are numbered in the order in which they first come", (t) => {
  const first = planOf(read(mixed)).visits.filter(({ visit }) => visit === 0);
  t.deepEqual(
    first.map(({ peer }) => peer),
    first.map((_, index) => index),
  );
});

test("peers come at once, evenly at a rate, or evenly within a time", (t) => {
  const times = (arrival: string) =>
    arrivals(planOf(withGroup(`{ behaviour: idle, count: 5, arrival: ${arrival} }`)));
  t.deepEqual(times("at-once"), [0, 0, 0, 0, 0]);
  t.deepEqual(times("{ after: 2s }"), [2_000, 2_000, 2_000, 2_000, 2_000]);
  t.deepEqual(times("{ rate: 2/s, after: 1s }"), [1_000, 1_500, 2_000, 2_500, 3_000]);
  t.deepEqual(times("{ ramp: 10s }"), [0, 2_000, 4_000, 6_000, 8_000]);
  t.deepEqual(times("{ times: [5s, 1s, 2500ms, 1s, 0.25s] }"), [250, 1_000, 1_000, 2_500, 5_000]);
});

test("Poisson arrivals have the mean and the spread of an exponential distribution", (t) => {
  const times = arrivals(
    planOf(withGroup("{ behaviour: idle, count: 20000, arrival: { poisson: 1000/s } }")),
  );
  const gaps = times.map((time, index) => time - (times[index - 1] ?? 0));
  t.is(times.length, 20_000);
  t.true(Math.abs(mean(gaps) - 1) < 0.03, `${mean(gaps)}`);
  t.true(Math.abs(spreadOf(gaps) - 1) < 0.05, `${spreadOf(gaps)}`);
});

test("the rate of a crowd falls by half each half-life, and every peer comes before the end", (t) => {
  const times = arrivals(
    planOf(withGroup("{ behaviour: idle, count: 16000, arrival: { crowd: 5s } }")),
  );
  const between = (from: number, to: number) =>
    times.filter((time) => time >= from && time < to).length;
  t.is(times.length, 16_000);
  for (const from of [0, 5_000, 10_000]) {
    const ratio = between(from + 5_000, from + 10_000) / between(from, from + 5_000);
    t.true(Math.abs(ratio - 0.5) < 0.05, `${ratio} at ${from}`);
  }
  t.true((times.at(-1) ?? 0) < 30_000);
});

test("stays are fixed, exponential or log-normal, or open until the end", (t) => {
  const stays = (stay: string) =>
    planOf(withGroup(`{ behaviour: leecher, count: 20000, stay: ${stay} }`)).visits.map(
      ({ stayMs }) => stayMs,
    );
  t.deepEqual([...new Set(stays("end"))], [Number.POSITIVE_INFINITY]);
  t.deepEqual([...new Set(stays("whole"))], [Number.POSITIVE_INFINITY]);
  t.deepEqual([...new Set(stays("{ ratio: 2 }"))], [Number.POSITIVE_INFINITY]);
  t.deepEqual([...new Set(stays("1500ms"))], [1_500]);
  t.true(Math.abs(mean(stays("{ exponential: 10s }")) / 10_000 - 1) < 0.03);
  const logs = stays("{ log-normal: 10s, sigma: 0.5 }").map((ms) => Math.log(ms / 10_000));
  t.true(Math.abs(mean(logs)) < 0.02, `${mean(logs)}`);
  t.true(Math.abs(spreadOf(logs) - 0.5) < 0.02, `${spreadOf(logs)}`);
});

test("a peer of a churning group comes again after its stay and the pause, with another seed", (t) => {
  const { visits } = planOf(
    withGroup("{ behaviour: leecher, count: 2, arrival: { ramp: 2s }, stay: 4s, again-after: 1s }"),
  );
  const own = visits.filter(({ peer }) => peer === 1);
  t.deepEqual(
    own.map(({ arriveMs, visit, member }) => [arriveMs, visit, member]),
    [1_000, 6_000, 11_000, 16_000, 21_000, 26_000].map((ms, visit) => [ms, visit, 1]),
  );
  t.is(new Set(own.map(({ seed }) => seed)).size, 6);
});

test("members of an open load act in turns, evenly, from the begin of a phase", (t) => {
  const rate = onlyRate(
    planOf(withGroup("{ behaviour: leecher, count: 3, load: { rate: 2/s, from: steady } }")),
  );
  t.is(rate.count, 40);
  t.deepEqual([...rate.atMs.slice(0, 4)], [10_000, 10_500, 11_000, 11_500]);
  t.deepEqual([...rate.member.slice(0, 7)], [0, 1, 2, 0, 1, 2, 0]);
  t.true(new Set(rate.seed).size > 38);
});

test("an open load without a phase begins when the last peer of the group has come", (t) => {
  const group = "behaviour: leecher, count: 10, arrival: { rate: 2/s }";
  t.is(onlyRate(planOf(withGroup(`{ ${group}, load: { rate: 5/s } }`))).atMs[0], 4_500);
  const ended = onlyRate(planOf(withGroup(`{ ${group}, load: { rate: 5/s, until: steady } }`)));
  t.is(ended.atMs.at(-1), 9_900);
});

test("a Poisson open load has the rate of the group, and the seed decides its times", (t) => {
  const group = "{ behaviour: tracker, count: 7, load: { rate: 2000/s, spacing: poisson } }";
  const rate = onlyRate(planOf(withGroup(group)));
  t.true(Math.abs(rate.count / 60_000 - 1) < 0.02, `${rate.count}`);
  t.notDeepEqual(
    [...onlyRate(planOf(withGroup(group, 2))).atMs.slice(0, 5)],
    [...rate.atMs.slice(0, 5)],
  );
});

test("2.4 million intents are drawn, and each share keeps those of its members", (t) => {
  const scenario = read(`
targets: { tracker: "udp://127.0.0.1:2" }
groups: { ask: { behaviour: tracker, count: 1000, load: { rate: 40000/s } } }
phases: { all: 60s }
`);
  const counts = [0, 1, 2].map((index) => {
    const rate = onlyRate(planOf(scenario, { index, of: 3 }));
    t.true(rate.member.every((member) => member % 3 === index));
    return rate.count;
  });
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    2_400_000,
  );
});

test("a group added at the end changes no draw of the groups before it", (t) => {
  const lines = (text: string) =>
    [...intentLines(planOf(read(text)))].filter((line) => /group=[0-3] /.test(line));
  const added = mixed.replace(
    "phases:",
    "  more: { behaviour: idle, count: 9, arrival: { after: 29s } }\nphases:",
  );
  t.deepEqual(lines(added), lines(mixed));
});
