import {
  budgetState,
  measuredRun,
  parseBudget,
  runFigures,
  spellVerdict,
  type LoadTestResult,
} from "@troupe/load-tester";
import type { LoadView } from "../../src/display/load-test/load-view.ts";
import { fakeFacts, fakeLoadResult } from "./fake-load-result.ts";

/** The view of a run in its seventh second. */
export function loadView(result: LoadTestResult = fakeLoadResult()): LoadView {
  const run = { ...measuredRun(result), durationMs: 6_200 };
  return {
    facts: fakeFacts(),
    elapsedMs: 6_200,
    figures: runFigures(measuredRun(result)),
    budgets: result.budgets.map((verdict) => ({
      ...spellVerdict(verdict),
      state: budgetState(parseBudget(verdict.text), verdict, run),
    })),
  };
}
