import test from "ava";
import type { PoolThreadEvent } from "@troupe/hash-worker";
import { poolReporter, type PoolReporterContext } from "../../../src/engine/start/pool-events.ts";

/** A pool's teller on a clock moved by hand, and what it has said. */
function scene() {
  const said: string[] = [];
  const log: string[] = [];
  const time = { nowMs: 0 };
  const context: PoolReporterContext = {
    clock: { nowMs: () => time.nowMs, epochMs: () => time.nowMs, utcOffsetMinutes: () => 0 },
    emit: (_name, message) => {
      const { state, restarts } = message as { readonly state: string; readonly restarts: number };
      said.push(`${state} ${restarts}`);
    },
    log: (_level, event, { thread, restartMs } = {}) =>
      void log.push(`${event} ${String(thread)} ${String(restartMs)}`),
  };
  const tell = poolReporter(context, "hash");
  const happens = (what: PoolThreadEvent["what"], thread: number, restarts: number, others = 0) =>
    tell({ what, thread, restarts, others, ...(what === "lost" && { error: new Error("gone") }) });
  return { said, log, time, happens };
}

test("the first thread of a pool is reported, further threads are only logged", (t) => {
  const { said, log, happens } = scene();
  happens("started", 1, 0);
  happens("started", 2, 0, 1);
  t.deepEqual(said, ["running 0"]);
  t.deepEqual(log, ["pool-thread-started 1 undefined", "pool-thread-started 2 undefined"]);
});

test("a pool that has lost its only thread reports the next one, and how long it took", (t) => {
  const { said, log, time, happens } = scene();
  happens("started", 1, 0);
  time.nowMs = 100;
  happens("lost", 1, 1);
  time.nowMs = 130;
  happens("lost", 2, 2);
  time.nowMs = 150;
  happens("started", 3, 2);
  t.deepEqual(said, ["running 0", "restarting 1", "restarting 2", "running 2"]);
  t.is(log.at(-1), "pool-thread-started 3 50");
});

test("a pool with further threads continues at once, and replaces a lost thread when there is work", (t) => {
  const { said, log, happens } = scene();
  happens("started", 1, 0);
  happens("lost", 2, 1, 1);
  happens("started", 3, 1, 1);
  t.deepEqual(said, ["running 0", "restarting 1", "running 1"]);
  t.is(log.at(-1), "pool-thread-started 3 undefined");
});
