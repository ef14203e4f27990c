// `troupe load-test agent`.

import { runAgent } from "@troupe/load-tester";
import type { AgentTask } from "../../arguments/load-test-arguments.ts";
import type { Environment } from "../../environment.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import { natsOptions } from "./nats-options.ts";
import type { LoadOutput } from "./output-files.ts";

/** Makes load for leaders elsewhere until it is stopped. */
export async function runAgentTask(
  { nats, name, threads = 1, allowTargets, allowHostile }: AgentTask,
  { json, quiet }: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const writer = new LineWriter(json ? environment.stdout : environment.stderr);
  const lines = new JsonLines(writer, () => environment.epochMs());
  const log = (sentence: string): void => {
    if (json) lines.emit("load-note", null, { message: sentence });
    else if (!quiet) writer.write(`troupe: ${sentence}`, "keep");
  };
  await runAgent({
    nats: await natsOptions(nats, environment),
    threads,
    allowTargets,
    allowHostile,
    signal: environment.stop,
    log,
    ...(name !== undefined && { name }),
  });
  return ExitCode.stopped;
}
