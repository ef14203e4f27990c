import type { LoadTestResult } from "../results/result.ts";
import type { Phase } from "../scenario/scenario.ts";

/** Phases with their times, as far as the run went. */
export type PhaseFacts = LoadTestResult["phases"];

/** @param untilMs End of the run; phases that began later are left out. */
export function phaseList(phases: readonly Phase[], untilMs = Infinity): PhaseFacts {
  let atMs = 0;
  const facts = phases.map(({ name, durationMs }) => {
    const beginMs = atMs;
    atMs += durationMs;
    return { name, beginMs, endMs: Math.min(atMs, untilMs) };
  });
  return facts.filter(({ beginMs }) => beginMs === 0 || beginMs < untilMs);
}
