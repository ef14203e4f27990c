// The checks of a comparison without budgets of its own.

import type { Ratio } from "./side-values.ts";

/** Machines that run other work swing by two from run to run: a change by less than this is not told from noise. */
export const noiseFactor = 2.5;
/** A percentile that grows by less is not told from noise either. */
export const noiseMicroseconds = 2_000;

/** Changes that are found without a budget. */
export type DefaultCheck =
  /** Of each latency that both sides have: p10 and p50, by group. */
  | "latency"
  /** Payload a second. */
  | "throughput"
  /** CPU time of a target a GiB. */
  | "cpu";

/** Whether the second side is worse than noise explains. */
export function isWorse(check: DefaultCheck, { ratio, before, after }: Ratio): boolean {
  switch (check) {
    case "latency":
      return ratio > noiseFactor && after.median - before.median > noiseMicroseconds;
    case "throughput":
      return ratio < 1 / noiseFactor;
    case "cpu":
      return ratio > noiseFactor;
  }
}
