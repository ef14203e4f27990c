// The outcome of a run in a word and a sentence.

import type { BudgetVerdict, LoadTestResult } from "../../results/result.ts";
import type { OutcomeData } from "./report-data.ts";

/** The head of a report. */
export function outcomeOf(result: LoadTestResult): OutcomeData {
  const { outcome } = result;
  switch (outcome.kind) {
    case "passed":
      return { kind: "passed", word: "Passed", sentence: passedSentence(result.budgets.length) };
    case "budget-broken":
      return { kind: "broken", word: "Budget broken", sentence: brokenSentence(result.budgets) };
    case "aborted":
      return {
        kind: "broken",
        word: "Aborted",
        sentence: `The run ended early, because this budget was broken: ${outcome.budget}`,
      };
    case "generator-saturated":
      return {
        kind: "warned",
        word: "Generator saturated",
        sentence: `The generator could not keep up, so the latencies are not those of the target: ${outcome.reason}`,
      };
    case "load-not-sent":
      return {
        kind: "warned",
        word: "Load not sent",
        sentence: `The load of the scenario did not happen: ${outcome.reason}`,
      };
    case "stopped":
      return {
        kind: "warned",
        word: "Stopped",
        sentence:
          "The run was stopped before its end. The report holds what was measured until then.",
      };
    case "partial":
      return {
        kind: "warned",
        word: "Partial",
        sentence: `The result was kept during the run, ${spellSeconds(result.durationMs)} after its begin: the run went on, or its leader died.`,
      };
    case "failed":
      return { kind: "failed", word: "Failed", sentence: `${outcome.message} [${outcome.code}]` };
  }
}

function spellSeconds(ms: number): string {
  return `${Math.round(ms / 1_000).toLocaleString("en-US")} s`;
}

function passedSentence(budgets: number): string {
  if (budgets === 0) return "The run reached its end. It has no budgets.";
  return budgets === 1 ? "The only budget holds." : `All ${budgets} budgets hold.`;
}

function brokenSentence(budgets: readonly BudgetVerdict[]): string {
  const broken = budgets.filter(({ holds }) => !holds).map(({ text }) => text);
  const others = broken.length > 3 ? ` and ${broken.length - 3} more` : "";
  return `${broken.length} of ${budgets.length} budgets broken: ${broken.slice(0, 3).join(" · ")}${others}`;
}
