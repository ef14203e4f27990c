import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test, { type ExecutionContext } from "ava";
import { keepAwake } from "../../../../../test/support/time/keep-awake.ts";
import { OneShotThreads, type OneShotTask } from "../../../src/index.ts";
import { ownWorkerUrls } from "../../../src/io/threads/thread-file.ts";
import type { Timers } from "../../../src/ports/timers.ts";
import { makeFifos } from "../../../../../test/support/files/fifo.ts";

const tasks = new URL("../../fixtures/one-shot-tasks.ts", import.meta.url);

const task = (run: string, input: unknown, changes: Partial<OneShotTask> = {}): OneShotTask => ({
  operation: "test a task",
  module: tasks,
  run,
  input,
  deadlineMs: 60_000,
  late: { code: "disk-not-answering", message: "too late", details: { folder: "/a" } },
  ...changes,
});

/** A FIFO: a thread that opens it is stuck in that call until `release`. */
async function stuckFifo(
  t: ExecutionContext,
): Promise<{ readonly path: string; readonly release: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "one-shot-"));
  const path = join(folder, "fifo");
  await makeFifos(path);
  t.teardown(() => rmSync(folder, { recursive: true }));
  // For both: this open never waits, also where the thread was ended before it had come to its own.
  return { path, release: () => closeSync(openSync(path, "r+")) };
}

/** A module that is loaded when the other end of the FIFO is opened. */
function slowModule(fifo: string): URL {
  const module = new URL("../../fixtures/slow-start-task.ts", import.meta.url);
  module.searchParams.set("until", fifo);
  return module;
}

/** Timers that fire when the test says so. */
function heldTimers() {
  const delays: number[] = [];
  let latest = (): void => {};
  const timers: Pick<Timers, "after"> = {
    after(delayMs, act) {
      delays.push(delayMs);
      latest = act;
      return { cancel: () => {} };
    },
  };
  return { delays, timers, fire: () => latest() };
}

test("a function runs in a thread, and the promise has its result", async (t) => {
  const threads = new OneShotThreads();
  t.is(await threads.run(task("double", 21)), 42);
  t.is(await threads.run(task("doubleLater", 4, { deadlineMs: undefined })), 8);
});

test("an error keeps its code and details", async (t) => {
  const failed = new OneShotThreads().run(task("fail", "EIO"));
  await t.throwsAsync(failed, { code: "EIO", message: "it failed" });
  t.like(await failed.catch((error: unknown) => error), { details: { path: "/a" } });
});

test("a thread that exits, and a missing function, reject", async (t) => {
  const threads = new OneShotThreads();
  await t.throwsAsync(threads.run(task("exit", 3)), { code: "actor-exited" });
  await t.throwsAsync(threads.run(task("nothing", 3)), { message: /exports no "nothing"/ });
  t.deepEqual(threads.abandoned, []);
});

test("a thread stuck in a system call is abandoned and listed until the call returns", async (t) => {
  const { path, release } = await stuckFifo(t);
  const threads = new OneShotThreads();
  const stuck = threads.run(task("openFifo", path, { deadlineMs: 1 }));
  await t.throwsAsync(stuck, { code: "disk-not-answering", message: "too late" });
  t.like(threads.abandoned, [{ operation: "test a task", details: { folder: "/a" } }]);
  t.is(await threads.run(task("double", 1)), 2, "others continue");
  const [thread] = threads.abandoned;
  // The thread itself does not hold the event loop.
  using _awake = keepAwake();
  release();
  await thread?.ended;
  t.deepEqual(threads.abandoned, []);
});

test("a call has its whole deadline, which begins when the function is called and not when its thread is started", async (t) => {
  const { path } = await stuckFifo(t);
  const { delays, timers } = heldTimers();
  const threads = new OneShotThreads(ownWorkerUrls(), timers);
  using _awake = keepAwake();
  const slow = threads.run(task("double", 21, { module: slowModule(path), deadlineMs: 60_000 }));
  // Both ends of the FIFO are open: the thread is about to load the module.
  await using writer = await open(path, "w");
  t.deepEqual(delays, [30_000], "for the start");
  await writer.close();
  t.is(await slow, 42);
  t.deepEqual(delays, [30_000, 60_000], "for the start, and then for the call");
  t.is(await threads.run(task("double", 21, { deadlineMs: undefined })), 42);
  t.is(delays.length, 2);
});

test("a thread that does not start in time is abandoned", async (t) => {
  const { path, release } = await stuckFifo(t);
  const { fire, timers } = heldTimers();
  const threads = new OneShotThreads(ownWorkerUrls(), timers);
  using _awake = keepAwake();
  const slow = threads.run(task("double", 21, { module: slowModule(path) }));
  fire();
  await t.throwsAsync(slow, { code: "disk-not-answering" });
  t.is(threads.abandoned.length, 1);
  release();
  await threads.abandoned[0]?.ended;
});

test("an abandoned thread does not hold the event loop", async (t) => {
  const { path } = await stuckFifo(t);
  const source = new URL("../../../src/index.ts", import.meta.url).href;
  const script = `
    const { OneShotThreads } = await import(${JSON.stringify(source)});
    const late = { code: "late", message: "late" };
    const operation = "test";
    const input = ${JSON.stringify(path)};
    const module = new URL(${JSON.stringify(tasks.href)});
    process.once("beforeExit", () => console.log("nothing is left to do"));
    const task = { operation, module, run: "openFifo", input, deadlineMs: 1, late };
    await new OneShotThreads().run(task).catch((error) => console.log(error.code));
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.push(line) === 2) break;
  }
  t.deepEqual(lines, ["late", "nothing is left to do"]);
  // The end of a process waits for its threads: only this ends it.
  child.kill("SIGKILL");
  await exited;
});
