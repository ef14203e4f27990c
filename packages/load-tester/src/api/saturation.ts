// Whether the generator kept its own times: if not, latencies say more of it than of the target.

import type { LatencyHistogram } from "../measures/latency-histogram.ts";
import type { RunTotals } from "../results/merge/run-totals.ts";

/** 99 of 100 actions are sent within this time, and answers of 99 of 100 milliseconds are read within it. */
const mostLateUs = 10_000;
/** Part of all intents. */
const mostNotSent = 0.001;

/** A single stall of a short run is more than one of a hundred milliseconds, and says little. */
const leastWaits = 50;
/**
 * Least number of late actions that count: the first of a cold generator may be late, and of a few actions it is more
 * than one of a hundred.
 */
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
  const [lateMs, waitMs] = [
    lateMsOf(totals.histogram("lateness", { phases }), leastLate),
    lateMsOf(totals.histogram("read_wait", { phases }), leastWaits),
  ];
  if (lateMs !== undefined) {
    return `one of a hundred actions was sent more than ${lateMs} ms after its time; 10 ms are allowed`;
  }
  if (waitMs !== undefined) {
    return `in one of a hundred milliseconds answers waited more than ${waitMs} ms until the generator's thread read them; 10 ms are allowed`;
  }
  const planned = totals.count("planned", { phases });
  const notSent = totals.count("not_sent_ours", { phases, label: "too late" });
  if (notSent > mostNotSent * planned) {
    return `${notSent} of ${planned} planned actions were not sent; 0.1 % are allowed`;
  }
  return undefined;
}

/** @returns The p99 in milliseconds, if it is too long. */
function lateMsOf(lateness: LatencyHistogram, least: number): string | undefined {
  const p99Us = lateness.percentile(99);
  if (p99Us <= mostLateUs) return undefined;
  let late = 0;
  for (const [latencyUs, count] of lateness.values()) if (latencyUs > mostLateUs) late += count;
  return late < least ? undefined : (p99Us / 1_000).toFixed(1);
}
