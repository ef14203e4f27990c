// Threads that a pool has lost. The pool starts others and runs their tasks again by itself; all that is left to do is
// to say so.

import type { Engine } from "./engine-state.ts";

const lookMs = 250;

/** From now on says as a `worker-event` when the hash or the check pool has lost threads; several may be told at once. */
export function watchPools({ context, hashPool, checkPool }: Engine): void {
  const pools = [
    { name: "hash", pool: hashPool, told: 0 },
    { name: "check", pool: checkPool, told: 0 },
  ];
  context.timers.every(lookMs, () => {
    for (const watched of pools) {
      const { restarts } = watched.pool;
      if (restarts <= watched.told) continue;
      watched.told = restarts;
      tellLoss(context, watched.name, restarts);
    }
  });
}

function tellLoss(context: Engine["context"], name: string, restarts: number): void {
  const error = `a thread of the ${name} pool ended; its task is run again by another`;
  context.log("error", "worker-crashed", { worker: name, error });
  context.announce("worker-event", { name, state: "restarting", restarts, error });
  context.announce("worker-event", { name, state: "running", restarts });
}
