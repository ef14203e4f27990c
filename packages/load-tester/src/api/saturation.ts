// Whether the generator kept its own times: if not, latencies say more of it than of the target.

import type { RunTotals } from "../results/merge/run-totals.ts";

/** 99 of 100 intents are sent within this time. */
const mostLateUs = 10_000;
/** Of all intents. */
const mostNotSent = 0.001;

/** @returns A sentence, if the generator was too slow for its scenario. */
export function saturationOf(totals: Pick<RunTotals, "histogram" | "count">): string | undefined {
  const lateUs = totals.histogram("lateness").percentile(99);
  const intents = totals.count("intents");
  const notSent = totals.count("intents_not_sent");
  if (lateUs > mostLateUs) {
    return `one of a hundred intents was sent more than ${(lateUs / 1_000).toFixed(1)} ms late; 10 ms are allowed`;
  }
  if (notSent > mostNotSent * intents) {
    return `${notSent} of ${intents} intents were not sent; 0.1 % are allowed`;
  }
  return undefined;
}
