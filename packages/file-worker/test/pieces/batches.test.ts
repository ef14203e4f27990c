import test from "ava";
import { inBatches } from "../../src/pieces/batches.ts";

function handMovedTimers() {
  const due: (() => void)[] = [];
  const timers = { soon: (task: () => void) => void due.push(task) };
  return { timers, due, turn: () => due.splice(0).forEach((task) => task()) };
}

test("the first part is done at once, the rest in later turns", async (t) => {
  const { timers, turn } = handMovedTimers();
  const done: number[] = [];
  const finished = inBatches(timers, 5, 2, (index) => void done.push(index));
  t.deepEqual(done, [0, 1]);
  turn();
  t.deepEqual(done, [0, 1, 2, 3]);
  turn();
  await finished;
  t.deepEqual(done, [0, 1, 2, 3, 4]);
});

test("a batch that fits into one turn takes no other turn", async (t) => {
  const { timers, due } = handMovedTimers();
  await inBatches(timers, 2, 2, () => undefined);
  await inBatches(timers, 0, 2, () => undefined);
  t.is(due.length, 0);
});

test("a step can end the batch", async (t) => {
  const { timers } = handMovedTimers();
  let steps = 0;
  const refusal = { refused: "EIO", message: "cannot write" };
  const step = () => (++steps < 3 ? undefined : refusal);
  t.is(await inBatches(timers, 100, 1_000, step), refusal);
  t.is(steps, 3);
});

test("an error in a later turn rejects the caller's promise", async (t) => {
  const { timers, turn } = handMovedTimers();
  const finished = inBatches(timers, 2, 1, (index) => {
    if (index === 1) throw new Error("bug: here");
    return undefined;
  });
  turn();
  await t.throwsAsync(finished, { message: "bug: here" });
});
