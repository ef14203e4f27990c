// `troupe load-test report RESULT…`.

import { readResult, reportHtml } from "@troupe/load-tester";
import type { ReportFormat } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { junitOfRuns } from "../../report/load-test/junit-report.ts";
import { checkFolders, writeText, type LoadOutput } from "./output-files.ts";

/** A report of saved results. Paths are absolute. */
export interface ReportRequest extends LoadOutput {
  readonly results: readonly string[];
  readonly format: ReportFormat;
  /** Undefined: stdout. */
  readonly reportPath: string | undefined;
}

/** Writes the report of saved results. It judges nothing again: broken budgets do not change the exit code. */
export async function reportResults(
  { results: paths, format, reportPath, json, quiet }: ReportRequest,
  environment: Environment,
): Promise<ExitCodeValue> {
  await checkFolders([reportPath]);
  const results = await Promise.all(paths.map(readResult));
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
