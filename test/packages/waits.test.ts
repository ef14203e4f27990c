// The waits of tests, in test/support/time.

import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import test from "ava";
import { runProcess, startProcess } from "../support/programs/process.ts";
import { repeat } from "../support/time/repeat.ts";
import { found, until, waiting, waits } from "../support/time/until.ts";

test.serial("until settles when its condition is true, which may be a promise", async (t) => {
  let looks = 0;
  await until("the third look", () => ++looks === 3);
  await until("the sixth look", async () => {
    await setImmediate();
    return ++looks === 6;
  });
  t.is(looks, 6);
});

test.serial("found returns the first value that is not undefined", async (t) => {
  const values = [undefined, undefined, 0, 1];
  t.is(await found("a value", () => values.shift()), 0);
  t.deepEqual(values, [1]);
});

test.serial("an error of a look ends the wait", async (t) => {
  const fail = (): boolean => {
    throw new Error("the program has ended");
  };
  await t.throwsAsync(until("a line", fail), { message: "the program has ended" });
  t.is(waits.size, 0);
});

test.serial("a wait is registered as long as it lasts", async (t) => {
  const event = Promise.withResolvers<number>();
  const waited = waiting("an event", () => event.promise);
  t.is(waits.size, 1);
  event.resolve(7);
  t.is(await waited, 7);
  t.is(waits.size, 0);
  await t.throwsAsync(
    waiting("an event", () => Promise.reject(new Error("broken"))),
    { message: "broken" },
  );
  t.is(waits.size, 0);
});

test.serial("repeat acts at once and again until its disposal", async (t) => {
  let acts = 0;
  {
    using _again = repeat(1, () => void acts++);
    t.is(acts, 1);
    await until("the third act", () => acts >= 3);
  }
  const before = acts;
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  await until("a look after the disposal", () => true);
  t.is(acts, before);
});

const helper = (name: string): string =>
  fileURLToPath(new URL(`../support/time/${name}`, import.meta.url));

test.serial("keepAwake keeps a process alive until its disposal", async (t) => {
  const text = `
    import { keepAwake } from ${JSON.stringify(helper("keep-awake.ts"))};
    process.once("beforeExit", () => console.log("nothing is left to do"));
    const awake = keepAwake();
    console.log("awake");
    process.stdin.once("data", () => {
      process.stdin.unref();
      awake[Symbol.dispose]();
    });
    process.stdin.unref();
  `;
  await using program = await startProcess([process.execPath, "--input-type=module", "-e", text]);
  await program.lineWhere("that it is awake", (line) => line === "awake" || undefined);
  t.is(program.lines.length, 1);
  program.say("go on");
  t.is((await program.exited).status, 0);
  t.is(program.lines.at(-1), "nothing is left to do");
});

test.serial("repeat keeps no process alive", async (t) => {
  const text = `
    import { repeat } from ${JSON.stringify(helper("repeat.ts"))};
    repeat(1_000, () => console.log("asked"));
  `;
  t.deepEqual(await runProcess([process.execPath, "--input-type=module", "-e", text]), ["asked"]);
});
