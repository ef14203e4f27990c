// `troupe load-test report RESULT…`.

import { resolve } from "node:path";
import { readResult, reportHtml } from "@troupe/load-tester";
import type { ReportTask } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { junitOfRuns } from "../../report/load-test/junit-report.ts";
import { checkFolders, writeText, type LoadOutput } from "./output-files.ts";

/** Writes the report of saved results. It judges nothing anew: broken budgets do not change the exit code. */
export async function reportResults(
  { results: paths, report, format }: ReportTask,
  { json, quiet }: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const absolute = (path: string): string => resolve(environment.currentFolder, path);
  const reportPath = report === undefined ? undefined : absolute(report);
  await checkFolders([reportPath]);
  const results = await Promise.all(paths.map((path) => readResult(absolute(path))));
  const text = format === "junit" ? junitOfRuns(results) : reportHtml(results);
  const writer = new LineWriter(environment.stdout);
  if (reportPath === undefined) {
    writer.write(text.trimEnd(), "keep");
  } else {
    await writeText(reportPath, text);
    const lines = new JsonLines(writer, () => environment.epochMs());
    if (json) lines.emit("load-wrote", null, { path: reportPath });
    else if (!quiet) writer.write(`wrote ${reportPath}`, "keep");
  }
  await writer.drained(environment.stop);
  return ExitCode.done;
}
