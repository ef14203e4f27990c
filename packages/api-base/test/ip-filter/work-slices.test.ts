import test from "ava";
import { WorkSlices } from "../../src/ip-filter/work-slices.ts";

/** A clock on which every look takes `stepMs`. */
function clockOf(stepMs: number) {
  let nowMs = 0;
  return { nowMs: () => (nowMs += stepMs), epochMs: () => 0, utcOffsetMinutes: () => 0 };
}

/** Counts the turns of the event loop while the work runs. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

function* steps(count: number): Generator<void, string> {
  for (let i = 0; i < count; i++) yield;
  return "done";
}

test("the event loop turns after a slice of 4 ms, and not before", async (t) => {
  const rests = async (stepMs: number): Promise<number> => {
    const slices = new WorkSlices(clockOf(stepMs), undefined);
    return await turnsDuring(async () => t.is(await slices.run(steps(100)), "done"));
  };
  t.true((await rests(4)) >= 100);
  t.is(await rests(0.01), 0);
});

test("an aborted signal ends the work after its slice", async (t) => {
  const reason = new Error("enough");
  const slices = new WorkSlices(clockOf(5), AbortSignal.abort(reason));
  t.is(await t.throwsAsync(slices.run(steps(100))), reason);
});
