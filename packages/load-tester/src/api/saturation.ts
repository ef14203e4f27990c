// Whether the generator kept its own times: if not, latencies say more of it than of the target.

import type { LatencyHistogram } from "../measures/latency-histogram.ts";
import type { RunTotals } from "../results/merge/run-totals.ts";

/** 99 of 100 intents are sent within this time. */
const mostLateUs = 10_000;
/** Of all intents. */
const mostNotSent = 0.001;

/** Of a few intents, one that is late, as the first of a cold generator may be, is more than one of a hundred. */
const leastLate = 2;

/**
 * Judges the whole run, and by itself each part of it that a budget is about: a bad second of a long run must not hide in
 * a short phase, nor condemns a cold first second the whole.
 *
 * @param parts Phases.
 * @returns A sentence, if the generator was too slow for its scenario.
 */
export function saturationOf(
  totals: Pick<RunTotals, "histogram" | "count">,
  parts: readonly (readonly string[])[] = [],
): string | undefined {
  const whole = saturationIn(totals, undefined);
  if (whole !== undefined) return whole;
  for (const phases of parts) {
    const reason = saturationIn(totals, phases);
    if (reason !== undefined) return `in ${phases.join(" and ")} ${reason}`;
  }
  return undefined;
}

function saturationIn(
  totals: Pick<RunTotals, "histogram" | "count">,
  phases: readonly string[] | undefined,
): string | undefined {
  const lateness = totals.histogram("lateness", { phases });
  const lateUs = lateness.percentile(99);
  const intents = totals.count("intents", { phases });
  const notSent = totals.count("intents_not_sent", { phases });
  if (lateUs > mostLateUs && isOften(lateness)) {
    return `one of a hundred intents was sent more than ${(lateUs / 1_000).toFixed(1)} ms late; 10 ms are allowed`;
  }
  if (notSent > mostNotSent * intents) {
    return `${notSent} of ${intents} intents were not sent; 0.1 % are allowed`;
  }
  return undefined;
}

function isOften(lateness: LatencyHistogram): boolean {
  let late = 0;
  for (const [latencyUs, count] of lateness.values()) if (latencyUs > mostLateUs) late += count;
  return late >= leastLate;
}
