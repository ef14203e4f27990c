// `troupe load-test compare A… --with B…`.

import { resolve } from "node:path";
import {
  compareRuns,
  readResult,
  reportHtml,
  type LoadTestResult,
  type RunComparison,
} from "@troupe/load-tester";
import type { CompareTask } from "../../arguments/load-test-arguments.ts";
import { tableRoom } from "../../display/table.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { comparisonReport } from "../../report/load-test/comparison-report.ts";
import { junitOfComparison } from "../../report/load-test/junit-report.ts";
import { checkFolders, writeText, type LoadOutput } from "./output-files.ts";

/** Compares result files; exit 4 if a check is broken or a run was aborted, exit 1 if a run proves nothing otherwise. */
export async function compareResults(
  { base, other, budgets, report, format }: CompareTask,
  { json, quiet }: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const { currentFolder } = environment;
  const reportPath = report === undefined ? undefined : resolve(currentFolder, report);
  await checkFolders([reportPath]);
  const sides = [await readAll(base, currentFolder), await readAll(other, currentFolder)] as const;
  const comparison = compareRuns(...sides, budgets);
  const writer = new LineWriter(environment.stdout);
  if (json) {
    new JsonLines(writer, () => environment.epochMs()).emit("load-compare", null, comparison);
  } else if (!quiet) {
    const room = tableRoom(environment);
    for (const line of comparisonReport(comparison, budgets.length > 0, room))
      writer.write(line, "keep");
  }
  if (reportPath !== undefined) {
    const isPage = format === "html";
    const text = isPage ? reportHtml(...sides, comparison) : junitOfComparison(comparison);
    await writeText(reportPath, text);
  }
  await writer.drained(environment.stop);
  return exitCodeOf(comparison);
}

/**
 * The exit code of a run that proves nothing, else that of the checks. A stopped run gives `failed` here: `stopped` would say
 * that a signal ended the comparison.
 */
function exitCodeOf({ runs, verdicts }: RunComparison): ExitCodeValue {
  const useless = runs.filter(({ verdict }) => verdict === "proves-nothing");
  if (useless.some(({ outcome }) => outcome !== "aborted")) return ExitCode.failed;
  const isBroken = useless.length > 0 || !verdicts.every(({ holds }) => holds);
  return isBroken ? ExitCode.budgetBroken : ExitCode.done;
}

async function readAll(paths: readonly string[], folder: string): Promise<LoadTestResult[]> {
  return await Promise.all(paths.map((path) => readResult(resolve(folder, path))));
}
