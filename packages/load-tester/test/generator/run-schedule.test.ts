import test from "ava";
import type { RateIntents, Visit } from "../../src/plan/plan.ts";
import { RunSchedule } from "../../src/generator/run-schedule.ts";
import { intentsAt, visitAt } from "../support/plans.ts";

function handedOver(schedule: RunSchedule, nowMs: number, most = 100): string[] {
  const seen: string[] = [];
  schedule.runDue(nowMs, most, {
    arrive: ({ peer }: Visit) => void seen.push(`peer ${peer}`),
    act: ({ group }: RateIntents, index, atMs) => void seen.push(`${group}/${index} at ${atMs}`),
  });
  return seen;
}

test("visits and the intents of all groups come in the order of their times", (t) => {
  const schedule = new RunSchedule({
    visits: [visitAt(0, 0), visitAt(1, 20)],
    rates: [intentsAt(0, [5, 20]), intentsAt(1, [4, 30])],
  });
  t.is(schedule.nextMs, 0);
  t.deepEqual(handedOver(schedule, 3), ["peer 0"]);
  t.is(schedule.nextMs, 4);
  t.deepEqual(handedOver(schedule, 20), ["1/0 at 4", "0/0 at 5", "peer 1", "0/1 at 20"]);
  t.deepEqual(handedOver(schedule, 29), []);
  t.deepEqual(handedOver(schedule, 31), ["1/1 at 30"]);
  t.is(schedule.nextMs, Infinity);
  t.deepEqual(handedOver(schedule, Infinity), []);
});

test("a turn takes no more than it may", (t) => {
  const schedule = new RunSchedule({ visits: [], rates: [intentsAt(0, [1, 2, 3])] });
  t.is(handedOver(schedule, 10, 2).length, 2);
  t.deepEqual(handedOver(schedule, 10, 2), ["0/2 at 3"]);
});
