import { createRequire } from "node:module";
import { until } from "../../../test/support/time/until.ts";
import test from "ava";
import { ManualTime } from "@troupe/actor-runtime/testing";
import type { ExecutionContext } from "ava";
import { ThreadPool } from "../src/thread-pool.ts";
import type { Tricky } from "./fixtures/tricky.task.ts";

const require = createRequire(import.meta.url);

function openPool(t: ExecutionContext, { maxThreads = 1, isLateFinal = false } = {}) {
  const timers = new ManualTime();
  const pool = new ThreadPool<Tricky, number>({
    name: "test",
    taskFile: new URL("./fixtures/tricky.task.ts", import.meta.url),
    maxThreads,
    timers,
    isLateFinal,
  });
  t.teardown(() => pool.close());
  const tries = new SharedArrayBuffer(4);
  const run = (does: Tricky["does"], deadlineMs = 2_000) =>
    pool.run({ does, tries }, { deadlineMs });
  return { pool, timers, run, tries: () => new Int32Array(tries)[0] };
}

/** Lets timers fire, a turn of the event loop apart, until the promise settles. */
async function withTimePassing<T>(promise: Promise<T>, timers: ManualTime): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => (isSettled = true));
  settled.catch(() => {});
  while (!isSettled) {
    timers.step();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

const taskFiles = ["../src/hash/hash.task.ts", "../src/check/check.task.ts"];

for (const file of taskFiles) {
  test(`${file} has no default export, whose wrapper aborts the process when its thread ends`, (t) => {
    t.deepEqual(Object.keys(require(file) as object), ["runTask"]);
  });
}

test("a task gets its answer, and its deadline is cancelled", async (t) => {
  const { pool, timers, run } = openPool(t);
  t.true((await run("answer")) > 0);
  t.deepEqual(timers.delaysMs, []);
  t.is(pool.free, 1);
  t.is(pool.restarts, 0);
});

test("a task whose thread dies is run again by another thread", async (t) => {
  const { pool, run, tries } = openPool(t);
  t.true((await run("die-once")) > 0);
  t.is(tries(), 2);
  t.is(pool.restarts, 1);
});

test("a task at which two threads die is given up, and the pool continues", async (t) => {
  const { pool, run, tries } = openPool(t);
  await t.throwsAsync(run("exit"), { code: "test-failed" });
  t.is(tries(), 2);
  t.is(pool.restarts, 2);
  t.true((await run("answer")) > 0);
});

test("an error thrown by a task is the cause of its failure", async (t) => {
  const { pool, run } = openPool(t);
  const failure = await t.throwsAsync(run("throw"), { code: "test-failed" });
  t.like(failure?.cause, { message: "bug: thrown in a thread" });
  t.is(pool.restarts, 0);
});

test("a task that never ends loses its thread when its deadline and the grace have passed", async (t) => {
  const { pool, timers, run, tries } = openPool(t);
  await run("answer");
  const hung = run("hang", 2_010);
  t.deepEqual(timers.delaysMs, [2_100]);
  await withTimePassing(t.throwsAsync(hung, { code: "test-failed" }), timers);
  t.true((tries() ?? 0) >= 1);
  t.true(pool.restarts >= 1);
  t.true((await run("answer")) > 0);
});

test("without retries a late task is not run again", async (t) => {
  const { pool, timers, run } = openPool(t, { isLateFinal: true });
  await run("answer");
  const hung = t.throwsAsync(run("hang"), { code: "test-late" });
  t.true(timers.step());
  t.deepEqual(timers.delaysMs, [250]);
  t.true(timers.step());
  await hung;
  t.is(pool.restarts, 1);
});

test("an answer that comes within the grace counts", async (t) => {
  const { pool, timers, run } = openPool(t);
  const answer = run("answer");
  t.true(timers.step());
  t.true((await answer) > 0);
  t.deepEqual(timers.delaysMs, []);
  t.is(pool.restarts, 0);
});

test("a thread that is killed during its task is counted, and the task finishes", async (t) => {
  const { pool, run, tries } = openPool(t);
  const answer = run("hang-once");
  await until("the task begins", () => (tries() ?? 0) > 0);
  t.true(pool.killThread());
  t.true((await answer) > 0);
  t.is(pool.restarts, 1);
});

test("tasks beyond the free threads are a bug of the caller", async (t) => {
  const { pool, run } = openPool(t, { maxThreads: 2 });
  const answers = [run("answer"), run("answer")];
  t.is(pool.free, 0);
  await t.throwsAsync(run("answer"), { message: /^bug: / });
  await Promise.all(answers);
  t.is(pool.free, 2);
});

test("closing rejects running tasks and refuses further ones", async (t) => {
  const { pool, run } = openPool(t);
  await run("answer");
  const hung = t.throwsAsync(run("hang"), { code: "test-closed" });
  await pool.close();
  await hung;
  t.is(pool.free, 0);
  t.is(pool.threads, 0);
  await pool.close();
});
