// `troupe load-test FILE`: one run.

import { resolve } from "node:path";
import {
  metricsContentType,
  runMetrics,
  measuredRun,
  writeResult,
  type LoadTestOptions,
  type LoadTestResult,
  type Scenario,
} from "@troupe/load-tester";
import type { RunWords } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, failureOf, type ExitCodeValue } from "../../failure.ts";
import { junitOfRuns } from "../../report/load-test/junit-report.ts";
import { makeLoadReporter, type LoadReporter } from "../../report/load-test/load-reporter.ts";
import { KeptResult } from "./kept-result.ts";
import { checkFolders, removeEarlierFiles, writeText, type LoadOutput } from "./output-files.ts";
import { serveMetrics, type MetricsServer } from "./metrics-server.ts";

/** A run of a scenario, with its files as written. */
export interface RunRequest
  extends LoadOutput, Pick<RunWords, "result" | "report" | "format" | "metrics"> {
  readonly scenario: Scenario;
  readonly options: Omit<LoadTestOptions, "signal" | "onBegin" | "onSecond">;
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
  const { scenario } = request;
  const files = filesOf(request, environment.currentFolder);
  const paths = Object.values(files);
  await checkFolders(paths);
  await using stack = new AsyncDisposableStack();
  const metrics = await openMetrics(request);
  if (metrics !== undefined) stack.use(metrics);
  // After the port, which may be in use: a run that is refused leaves the files of an earlier run.
  await removeEarlierFiles(paths);
  const reporter = makeLoadReporter(request, environment);
  const kept = keptResult(files.result, environment, reporter);
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
    for (const path of await writeFiles(request, files, result, tester)) reporter.wrote(path);
    return exitCodeOf(result);
  } finally {
    reporter.end();
    await kept?.settled();
    await reporter.close();
  }
}

/** With a result file, a leader that dies leaves a partial result there. */
function keptResult(
  resultPath: string | undefined,
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

/** Absolute paths, in the order in which they are written. */
function filesOf({ result, report, metrics }: RunRequest, folder: string) {
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(folder, path);
  const metricsPath = metrics?.kind === "file" ? metrics.path : undefined;
  return { result: absolute(result), report: absolute(report), metrics: absolute(metricsPath) };
}

/** @returns Paths of what was written. */
async function writeFiles(
  { scenario, format }: RunRequest,
  files: ReturnType<typeof filesOf>,
  result: LoadTestResult,
  tester: LoadTester,
): Promise<string[]> {
  if (files.result !== undefined) await writeResult(files.result, result);
  if (files.report !== undefined) {
    const isPage = format === "html";
    await writeText(files.report, isPage ? tester.reportHtml([result]) : junitOfRuns([result]));
  }
  if (files.metrics !== undefined) {
    const text = runMetrics(measuredRun(result), scenario.name, scenario.budgets);
    await writeText(files.metrics, text);
  }
  return Object.values(files).filter((path) => path !== undefined);
}
