// The checks of a comparison without budgets of its own.

import { spellValue } from "../../budgets/budget-values.ts";
import type { Ratio } from "./side-values.ts";

/** Machines that run other work swing by two from run to run: a change by less than this is noise. */
const noiseFactor = 2.5;
/** Growth of a percentile by less is noise too. */
const noiseMicroseconds = 2_000;
/** An unanswered share may grow by so much: a ratio says nothing of a share that was 0. */
const mostUnanswered = 0.01;
/** Shares are fractions in binary: 7 % less 6 % is more than 1 %. */
const rounding = 1e-9;

/** Changes that are found without a budget. */
export type DefaultCheck =
  /** Latencies that both sides have: p10 and p50, by group. */
  | "latency"
  /** Payload a second. */
  | "throughput"
  /** CPU time of a target a GiB. */
  | "cpu"
  /** Share without an answer of the target, by group. */
  | "unanswered";

/** Whether the second side is worse than noise explains. */
export function isWorse(check: DefaultCheck, { ratio, before, after }: Ratio): boolean {
  switch (check) {
    case "latency":
      return ratio > noiseFactor && after.median - before.median > noiseMicroseconds;
    case "throughput":
      return ratio < 1 / noiseFactor;
    case "cpu":
      return ratio > noiseFactor;
    case "unanswered":
      return after.median - before.median > mostUnanswered + rounding;
  }
}

/** The check as a budget: `throughput.mean >= 0.4`. @param name Name of the value. */
export function checkText(check: DefaultCheck, name: string): string {
  switch (check) {
    case "latency":
    case "cpu":
      return `${name} <= ${noiseFactor}`;
    case "throughput":
      return `${name} >= ${1 / noiseFactor}`;
    case "unanswered":
      return `${name} <= before + ${100 * mostUnanswered}%`;
  }
}

/** @returns Both values of a check that judges no ratio. */
export function seenText(check: DefaultCheck, { before, after }: Ratio): string | undefined {
  if (check !== "unanswered") return undefined;
  return `${spellValue(before.median, "share")} before, ${spellValue(after.median, "share")} after`;
}
