// Budgets of the runs themselves that held before a change and are broken after it.

import type { LoadTestResult } from "../result.ts";
import { isSound } from "./compared-runs.ts";

/** A budget of the runs. */
interface NewlyBroken {
  readonly text: string;
  /** Number of runs that break it, in words. */
  readonly seenText: string;
}

/**
 * Budgets that no run before has broken, and at least half of the runs after: runs of a noisy machine break a budget now and
 * then. A budget that was broken before shows nothing of the change.
 */
export function newlyBroken(
  before: readonly LoadTestResult[],
  after: readonly LoadTestResult[],
): NewlyBroken[] {
  const [soundBefore, soundAfter] = [before.filter(isSound), after.filter(isSound)];
  if (soundBefore.length === 0) return [];
  const texts = new Set(soundAfter.flatMap(brokenOf));
  return [...texts].flatMap((text) => {
    const breaks = (run: LoadTestResult): boolean => brokenOf(run).includes(text);
    const count = soundAfter.filter(breaks).length;
    if (soundBefore.some(breaks) || 2 * count < soundAfter.length) return [];
    return [
      { text, seenText: `broken by no run before, and by ${count} of ${after.length} after` },
    ];
  });
}

function brokenOf({ budgets }: LoadTestResult): string[] {
  return budgets.filter(({ holds }) => !holds).map(({ text }) => text);
}
