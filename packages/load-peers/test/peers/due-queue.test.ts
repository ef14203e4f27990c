import test from "ava";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { DueQueue } from "../../src/peers/due-queue.ts";

function queue() {
  const world = new SimulatedWorld({ seed: 1 });
  const { clock, timers } = world.scheduler;
  let timersSet = 0;
  const counted = {
    ...timers,
    after: (delayMs: number, task: () => void) => {
      timersSet++;
      return timers.after(delayMs, task);
    },
  };
  const due = new DueQueue({ clock, timers: counted });
  const done: string[] = [];
  const task = (name: string, then?: () => void) => ({
    due: () => {
      done.push(`${name} at ${clock.nowMs()}`);
      then?.();
    },
  });
  return { world, due, done, task, timersSet: () => timersSet };
}

test("tasks run at their times, those of the same time in order of their addition", async (t) => {
  const { world, due, done, task } = queue();
  for (const [name, atMs] of [
    ["c", 30],
    ["a", 10],
    ["b", 20],
    ["b2", 20],
    ["d", 40],
  ] as const)
    due.add(atMs, task(name));
  await world.run(100);
  t.deepEqual(done, ["a at 10", "b at 20", "b2 at 20", "c at 30", "d at 40"]);
});

test("a thousand tasks in any order run in order, and those of one time share a timer", async (t) => {
  const { world, due, done, task, timersSet } = queue();
  for (let number = 0; number < 1_000; number++) due.add((number * 7_919) % 100, task(""));
  await world.run(200);
  const times = done.map((line) => Number(line.split(" ").at(-1)));
  t.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  t.is(done.length, 1_000);
  t.true(timersSet() <= 200, `${timersSet()}`);
});

test("a task adds a task, and one for now runs in the same turn", async (t) => {
  const { world, due, done, task } = queue();
  due.add(
    5,
    task("a", () =>
      due.add(
        5,
        task("b", () => due.add(9, task("c"))),
      ),
    ),
  );
  await world.run(20);
  t.deepEqual(done, ["a at 5", "b at 5", "c at 9"]);
});

test("a cleared queue runs nothing, and takes tasks again", async (t) => {
  const { world, due, done, task } = queue();
  due.add(5, task("a"));
  due.clear();
  due.add(7, task("b"));
  await world.run(20);
  t.deepEqual(done, ["b at 7"]);
});
