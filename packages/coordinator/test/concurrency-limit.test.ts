import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { ConcurrencyLimit } from "../src/concurrency-limit.ts";

/** Tasks that end when the test says. */
function tasks() {
  const started: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const task = (name: string) => () => {
    started.push(name);
    return new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }));
  };
  return {
    started,
    task,
    end: (name: string) => ends.get(name)?.resolve(),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  };
}

test("tasks run up to the limit, the others wait in order", async (t) => {
  const gate = new ConcurrencyLimit(2);
  const { started, task, end } = tasks();
  for (const name of ["a", "b", "c", "d"]) void gate.run(task(name));
  await settle();
  t.deepEqual(started, ["a", "b"]);
  end("b");
  await settle();
  t.deepEqual(started, ["a", "b", "c"]);
  end("a");
  end("c");
  await settle();
  t.deepEqual(started, ["a", "b", "c", "d"]);
});

test("a task that fails frees its place, and its error goes to the caller", async (t) => {
  const gate = new ConcurrencyLimit(1);
  const { started, task, fail, end } = tasks();
  const first = gate.run(task("a"));
  const second = gate.run(task("b"));
  fail("a");
  await t.throwsAsync(first, { message: "a" });
  await settle();
  t.deepEqual(started, ["a", "b"]);
  end("b");
  await second;
});

test("a task that is aborted while it waits does not run, and does not delay others", async (t) => {
  const gate = new ConcurrencyLimit(1);
  const { started, task, end } = tasks();
  const stop = new AbortController();
  void gate.run(task("a"));
  const given = gate.run(task("b"), stop.signal);
  void gate.run(task("c"));
  stop.abort(new Error("enough"));
  await t.throwsAsync(given, { message: "enough" });
  t.is(gate.waiting, 1);
  end("a");
  await settle();
  t.deepEqual(started, ["a", "c"]);
});

test("a task with an aborted signal takes no place", async (t) => {
  const gate = new ConcurrencyLimit(1);
  const { started, task } = tasks();
  await t.throwsAsync(gate.run(task("a"), AbortSignal.abort(new Error("enough"))));
  void gate.run(task("b"));
  await settle();
  t.deepEqual(started, ["b"]);
});
