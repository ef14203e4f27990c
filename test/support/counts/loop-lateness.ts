// How late the event loop of a thread is.

import { monitorEventLoopDelay } from "node:perf_hooks";

const everyMs = 1;

/** Delays of a timer of 1 ms. */
export interface LoopLateness {
  /** Lateness of 99 % of all turns of the timer, at most. */
  readonly p99Ms: number;
  /** Lateness of 99.9 % of all turns of the timer, at most. */
  readonly mostMs: number;
  readonly maxMs: number;
}

/** Measures from now on. @returns The delays so far. */
export function measureLateness(): () => LoopLateness {
  const delays = monitorEventLoopDelay({ resolution: everyMs });
  delays.enable();
  return () => {
    delays.disable();
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - everyMs);
    return {
      p99Ms: late(delays.percentile(99)),
      mostMs: late(delays.percentile(99.9)),
      maxMs: late(delays.max),
    };
  };
}
