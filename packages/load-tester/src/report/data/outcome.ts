// The outcome of a run in a word and a sentence.

import { endSentence } from "../../results/compare/compared-runs.ts";
import type { LoadTestResult, Outcome } from "../../results/result.ts";
import type { OutcomeData } from "./report-data.ts";

const kinds: Readonly<Record<Outcome["kind"], OutcomeData["kind"]>> = {
  passed: "passed",
  "budget-broken": "broken",
  aborted: "broken",
  "generator-saturated": "warned",
  "load-not-sent": "warned",
  stopped: "warned",
  partial: "warned",
  failed: "failed",
};

/** The head of a report. */
export function outcomeOf(result: Pick<LoadTestResult, "outcome" | "budgets">): OutcomeData {
  const { kind } = result.outcome;
  const word = `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll("-", " ")}`;
  return { kind: kinds[kind], word, sentence: endSentence(result) };
}
