// Runs that a command line asks for: on threads of this process, or on agents.

import {
  connectAgents,
  loadTest,
  reportHtml,
  type LoadTestOptions,
  type Scenario,
} from "@troupe/load-tester";
import type { RunWords } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import type { ExitCodeValue } from "../../failure.ts";
import { natsOptions } from "./nats-options.ts";
import type { LoadOutput } from "./output-files.ts";
import { runScenario } from "./run-scenario.ts";

/** Runs a scenario as the words say. */
export async function runTask(
  scenario: Scenario,
  words: RunWords,
  output: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  await using stack = new AsyncDisposableStack();
  const options: LoadTestOptions = {
    allowTargets: words.allowTargets,
    ownCommand: [process.execPath, ...ownScript()],
    ...(words.threads !== undefined && { threads: words.threads }),
  };
  const { nats } = words;
  const request = { ...words, ...output, scenario };
  if (nats === undefined) return await runScenario({ ...request, options }, environment, tester);
  const agents = stack.use(
    await connectAgents({
      nats: await natsOptions(nats, environment),
      log: (sentence) => environment.stderr.write(`troupe: ${sentence}\n`),
      ...(words.agents !== undefined && { agents: words.agents }),
    }),
  );
  const generators: NonNullable<LoadTestOptions["generators"]> = (events) =>
    agents.generators(events);
  const remote = { ...request, options: { ...options, generators } };
  return await runScenario(remote, environment, tester);
}

const tester = { loadTest, reportHtml };

/** The script of this process: a scenario may start our own client. */
function ownScript(): string[] {
  const [, script] = process.argv;
  return script === undefined ? [] : [script];
}
