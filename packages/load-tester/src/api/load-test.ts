// Load tests for programs.

import { resolve } from "node:path";
import type { LoadTestResult } from "../results/result.ts";
import { readScenario } from "../scenario/read-scenario.ts";
import type { Scenario } from "../scenario/scenario.ts";
import type { FileShape } from "../scenario/schema/file-shape.ts";
import { checkOptions, type LoadTestOptions } from "./load-test-options.ts";
import { RunLeader } from "./run-leader.ts";

/**
 * Runs a load test.
 *
 * @param test A scenario as `readScenario` gives it, or in the form of a scenario file; paths in the latter begin in the
 *   current folder.
 * @returns The result, also of a run that its signal, a budget or a failure ended early: see `outcome`.
 * @throws rejects with TroupeError when the run cannot begin: `scenario-malformed`, `target-unreachable`,
 *   `target-not-allowed`, `too-few-descriptors` …
 */
export async function loadTest(
  test: Scenario | FileShape,
  options: LoadTestOptions = {},
): Promise<LoadTestResult> {
  checkOptions(options);
  const scenario = isChecked(test) ? test : checked(test);
  return await new RunLeader(scenario, options).run();
}

/** A file has no text within it. */
function isChecked(test: Scenario | FileShape): test is Scenario {
  return "text" in test;
}

function checked(test: FileShape): Scenario {
  const origin = { fileName: test.name ?? "scenario", folder: resolve(".") };
  return readScenario(JSON.stringify(test, undefined, 2), origin);
}
