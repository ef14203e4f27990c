// `troupe load-test`: all its calls.

import { resolve } from "node:path";
import { listScenarios, scenarioSchema, type Scenario } from "@troupe/load-tester";
import type { RunWords } from "../../arguments/load-test-arguments.ts";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import { renderTable, tableRoom } from "../../display/table.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { safeJson } from "../../output/json-lines.ts";
import { compareResults } from "./compare-results.ts";
import { writeIntents } from "./intents-file.ts";
import { scenarioOfFile, scenarioOfWords } from "./load-scenario.ts";
import type { LoadOutput } from "./output-files.ts";
import { writeData, writeTorrent } from "./pattern-files.ts";
import { reportResults } from "./report-results.ts";
import { runAgentTask } from "./run-agent-task.ts";
import { runTask } from "./run-task.ts";

/** `troupe load-test`. */
export async function runLoadTest(
  { task, json, quiet }: InvocationOf<"load-test">,
  environment: Environment,
): Promise<ExitCodeValue> {
  const output = { json, quiet };
  const { currentFolder, stdout } = environment;
  switch (task.call) {
    case "schema":
      stdout.write(`${JSON.stringify(scenarioSchema, undefined, 2)}\n`);
      return ExitCode.done;
    case "list":
      stdout.write(`${listText(json, environment)}\n`);
      return ExitCode.done;
    case "compare":
      return await compareResults(task, output, environment);
    case "report":
      return await reportResults(task, output, environment);
    case "torrent":
      return await writeTorrent(task, output, environment);
    case "data":
      return await writeData(task, output, environment);
    case "agent":
      return await runAgentTask(task, output, environment);
    case "file":
      return await run(await scenarioOfFile(task, currentFolder), task, output, environment);
    case "short":
      return await run(scenarioOfWords(task, currentFolder), task, output, environment);
  }
}

async function run(
  scenario: Scenario,
  words: RunWords,
  output: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  if (words.intents === undefined) return await runTask(scenario, words, output, environment);
  const path = resolve(environment.currentFolder, words.intents);
  return await writeIntents(scenario, path, output, environment);
}

function listText(json: boolean, environment: Environment): string {
  const scenarios = listScenarios();
  if (json) return safeJson(scenarios);
  const rows = scenarios.map(({ name, about }) => [name, about]);
  return renderTable({ layout: ["left", "left"], rows }, tableRoom(environment)).join("\n");
}
