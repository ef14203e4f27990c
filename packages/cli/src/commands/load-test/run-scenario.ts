// `troupe load-test FILE`: one run.

import {
  metricsContentType,
  runMetrics,
  measuredRun,
  writeResult,
  type LoadTestOptions,
  type LoadTestResult,
  type Scenario,
} from "@troupe/load-tester";
import type { ReportFormat } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, failureOf, type ExitCodeValue } from "../../failure.ts";
import { junitOfRuns } from "../../report/load-test/junit-report.ts";
import { makeLoadReporter, type LoadReporter } from "../../report/load-test/load-reporter.ts";
import { KeptResult } from "./kept-result.ts";
import { checkFolders, removeEarlierFiles, writeText, type LoadOutput } from "./output-files.ts";
import { serveMetrics, type MetricsServer } from "./metrics-server.ts";

/** A run of a scenario. Paths are absolute. */
export interface RunRequest extends LoadOutput {
  readonly scenario: Scenario;
  readonly options: Omit<LoadTestOptions, "signal" | "onBegin" | "onSecond">;
  /** The result file. */
  readonly resultPath: string | undefined;
  readonly reportPath: string | undefined;
  readonly format: ReportFormat;
  /** Prometheus' text: a file at the end, or a port on loopback during the run. */
  readonly metrics:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "port"; readonly port: number }
    | undefined;
}

/** The part of the library that a run needs. */
export interface LoadTester {
  loadTest(scenario: Scenario, options: LoadTestOptions): Promise<LoadTestResult>;
  reportHtml(results: readonly LoadTestResult[], others?: readonly LoadTestResult[]): string;
}

/** Runs a scenario, shows it, and writes its files. */
export async function runScenario(
  request: RunRequest,
  environment: Environment,
  tester: LoadTester,
): Promise<ExitCodeValue> {
  const { scenario, resultPath, reportPath, metrics: place } = request;
  const paths = [resultPath, reportPath, place?.kind === "file" ? place.path : undefined];
  await checkFolders(paths);
  await using stack = new AsyncDisposableStack();
  const metrics = await openMetrics(request);
  if (metrics !== undefined) stack.use(metrics);
  // After the port, which may be in use: a run that is refused leaves the files of an earlier run.
  await removeEarlierFiles(paths);
  const reporter = makeLoadReporter(request, environment);
  const kept = keptResult(request, environment, reporter);
  if (metrics !== undefined) reporter.note(`metrics at ${metrics.address}`);
  try {
    const result = await tester.loadTest(scenario, {
      ...request.options,
      signal: environment.stop,
      onBegin: (facts) => reporter.begin(facts),
      onSecond: (second, soFar, partial) => {
        metrics?.show(() => runMetrics(soFar, scenario.name, scenario.budgets));
        reporter.second(second, soFar);
        kept?.offer(partial);
      },
    });
    reporter.end();
    reporter.result(result);
    await kept?.settled();
    for (const path of await writeFiles(request, result, tester)) reporter.wrote(path);
    return exitCodeOf(result);
  } finally {
    reporter.end();
    await kept?.settled();
    await reporter.close();
  }
}

/** With a result file, a leader that dies leaves a partial result there. */
function keptResult(
  { resultPath }: RunRequest,
  environment: Environment,
  reporter: LoadReporter,
): KeptResult | undefined {
  if (resultPath === undefined) return undefined;
  return new KeptResult({
    write: async (result) => await writeResult(resultPath, result),
    nowMs: () => environment.nowMs(),
    failed: (error) => reporter.note(`the result so far is not kept: ${failureOf(error).sentence}`),
  });
}

/** The exit code of an outcome. */
export function exitCodeOf({ outcome }: Pick<LoadTestResult, "outcome">): ExitCodeValue {
  switch (outcome.kind) {
    case "passed":
      return ExitCode.done;
    case "budget-broken":
    case "aborted":
      return ExitCode.budgetBroken;
    case "generator-saturated":
    case "partial":
    case "load-not-sent":
    case "failed":
      return ExitCode.failed;
    case "stopped":
      return ExitCode.stopped;
  }
}

async function openMetrics({ metrics }: RunRequest): Promise<MetricsServer | undefined> {
  if (metrics?.kind !== "port") return undefined;
  return await serveMetrics(metrics.port, metricsContentType);
}

/** @returns Paths of what was written. */
async function writeFiles(
  { scenario, resultPath, reportPath, format, metrics }: RunRequest,
  result: LoadTestResult,
  tester: LoadTester,
): Promise<string[]> {
  const written: string[] = [];
  if (resultPath !== undefined) {
    await writeResult(resultPath, result);
    written.push(resultPath);
  }
  if (reportPath !== undefined) {
    const isPage = format === "html";
    await writeText(reportPath, isPage ? tester.reportHtml([result]) : junitOfRuns([result]));
    written.push(reportPath);
  }
  if (metrics?.kind === "file") {
    await writeText(metrics.path, runMetrics(measuredRun(result), scenario.name, scenario.budgets));
    written.push(metrics.path);
  }
  return written;
}
