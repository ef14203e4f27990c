// What happens to the threads of the pools. A pool replaces a lost thread and runs its task again by itself; all that
// is left to do is to say so.

import type { Context } from "@troupe/actor-runtime";
import type { PoolThreadEvent } from "@troupe/hash-worker";
import type { EngineActorProtocol } from "./engine-state.ts";

/** What of a context is needed to say something. */
export type Teller = Pick<Context<EngineActorProtocol>, "announce" | "clock" | "log">;

/**
 * Logs every thread of one pool that starts or is lost. As `worker-event`s it says each loss, each thread that takes a
 * lost one's place, and the first of all: threads that only help for a while are nobody's concern.
 *
 * @param name The pool's name in the tree.
 */
export function poolTeller(context: Teller, name: string): (event: PoolThreadEvent) => void {
  /** When each thread was lost that has not been replaced yet. */
  const lostAtMs: number[] = [];
  let hasStarted = false;
  return ({ what, thread, restarts, error }) => {
    const nowMs = context.clock.nowMs();
    if (what === "lost") {
      lostAtMs.push(nowMs);
      context.log("warn", "pool-thread-lost", { name, thread, restarts, error });
      const reason = error instanceof Error ? error.message : String(error);
      const sentence = `a thread of the ${name} pool is gone (${reason}); its task is run again by another`;
      context.announce("worker-event", { name, state: "restarting", restarts, error: sentence });
      return;
    }
    const replacedAtMs = lostAtMs.shift();
    const restartMs = replacedAtMs === undefined ? undefined : Math.round(nowMs - replacedAtMs);
    const outage = restartMs === undefined ? {} : { restartMs };
    context.log("info", "pool-thread-started", { name, thread, restarts, ...outage });
    if (!hasStarted || restartMs !== undefined) {
      context.announce("worker-event", { name, state: "running", restarts });
    }
    hasStarted = true;
  };
}
