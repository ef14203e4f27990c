// The comparison of two sides of runs, as the page gets it.

import type { ComparedRun } from "../../results/compare/compared-runs.ts";
import type { RatioVerdict, RunComparison } from "../../results/compare/compare-runs.ts";
import type { ComparisonData, OutcomeData } from "./report-data.ts";

/** Rows that are shown. */
const mostRows = 200;

/** Verdicts and rows within their bound, and the outcome of all. */
export function comparisonData(comparison: RunComparison): ComparisonData {
  const { runs, verdicts, rows } = comparison;
  return {
    ...comparison,
    outcome: outcomeOfRuns(runs) ?? outcomeOfVerdicts(verdicts),
    verdicts: verdicts.slice(0, mostRows),
    rows: rows.slice(0, mostRows),
  };
}

/** @returns Undefined: each run can be compared. */
function outcomeOfRuns(runs: readonly ComparedRun[]): OutcomeData | undefined {
  const useless = runs.filter(({ verdict }) => verdict === "proves-nothing").length;
  if (useless === 0) return undefined;
  const proves = useless === 1 ? "1 run proves" : `${useless} runs prove`;
  const sentence = `Of ${runs.length} runs ${proves} nothing: not whole, or without the load of the scenario in time.`;
  return { kind: "failed", word: "Comparison failed", sentence };
}

function outcomeOfVerdicts(verdicts: readonly RatioVerdict[]): OutcomeData {
  const broken = verdicts.filter(({ holds }) => !holds);
  if (verdicts.length === 0)
    return { kind: "warned", word: "Not judged", sentence: "Nothing was measured on both sides." };
  if (broken.length === 0) {
    const sentence = `Side B holds ${verdicts.length === 1 ? "the only check" : `all ${verdicts.length} checks`} against side A.`;
    return { kind: "passed", word: "Checks hold", sentence };
  }
  const named = broken.slice(0, 3).map(({ text }) => text);
  const others = broken.length > 3 ? ` and ${broken.length - 3} more` : "";
  const sentence = `Side B breaks ${broken.length} of ${verdicts.length} checks against side A: ${named.join(" · ")}${others}`;
  return { kind: "broken", word: "Checks broken", sentence };
}
