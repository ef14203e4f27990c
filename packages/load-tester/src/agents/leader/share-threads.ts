// The shares of a run: one a thread, over all agents, in the order of the agents.

import type { ShareRange } from "../../generator/generators.ts";

/** @param threads Threads of each agent. */
export function shareThreads(threads: readonly number[]): readonly ShareRange[] {
  const of = threads.reduce((sum, count) => sum + count, 0);
  let first = 0;
  return threads.map((count) => {
    const range = { first, count, of };
    first += count;
    return range;
  });
}
