// A pool replaces a lost thread and repeats its task by itself; the engine only reports it.

import { type Context, messageOf } from "@troupe/actor-runtime";
import type { PoolThreadEvent } from "@troupe/hash-worker";
import type { EngineActorProtocol } from "../base/engine-state.ts";

/** The parts of the context that reports need. */
export type PoolReporterContext = Pick<Context<EngineActorProtocol>, "emit" | "clock" | "log">;

/**
 * Logs each thread of a pool that starts or is lost. A `worker-event` reports each loss, and that the pool continues: at
 * once if other threads run, else when the next has started. Losses of helper threads are only logged.
 *
 * @param name The pool's name in the tree.
 */
export function poolReporter(
  context: PoolReporterContext,
  name: string,
): (event: PoolThreadEvent) => void {
  /** Undefined while a thread runs, and before the first. */
  let goneAtMs: number | undefined;
  let hasStarted = false;
  const report = (state: string, restarts: number, error?: string): void =>
    context.emit("worker-event", {
      name,
      state,
      restarts,
      ...(error !== undefined && { error }),
    });
  return ({ what, thread, restarts, others, error }) => {
    const nowMs = context.clock.nowMs();
    if (what === "lost") {
      const reason = messageOf(error);
      context.log("warn", "pool-thread-lost", { name, thread, restarts, others, error });
      const sentence = `a thread of the ${name} pool is gone (${reason}); its task is run again by another`;
      report("restarting", restarts, sentence);
      if (others > 0) report("running", restarts);
      else goneAtMs ??= nowMs;
      return;
    }
    const outage = goneAtMs === undefined ? {} : { restartMs: Math.round(nowMs - goneAtMs) };
    context.log("info", "pool-thread-started", { name, thread, restarts, ...outage });
    if (!hasStarted || goneAtMs !== undefined) report("running", restarts);
    hasStarted = true;
    goneAtMs = undefined;
  };
}
