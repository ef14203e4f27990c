// What happens to the threads of the pools. A pool replaces a lost thread and runs its task again by itself; all that
// is left to do is to say so.

import { type Context, messageOf } from "@troupe/actor-runtime";
import type { PoolThreadEvent } from "@troupe/hash-worker";
import type { EngineActorProtocol } from "../base/engine-state.ts";

/** What of a context is needed to say something. */
export type PoolReporterContext = Pick<Context<EngineActorProtocol>, "emit" | "clock" | "log">;

/**
 * Logs every thread of one pool that starts or is lost. As `worker-event`s it says each loss, and that the pool goes on:
 * at once where there are other threads, else when the next one runs. Threads that only help are nobody's concern.
 *
 * @param name The pool's name in the tree.
 */
export function poolReporter(
  context: PoolReporterContext,
  name: string,
): (event: PoolThreadEvent) => void {
  /** Since when there has been no thread; undefined while there is one, and before the first. */
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
