// `--intents F`: the list of a seed, and no run.

import { open } from "node:fs/promises";
import { systemSentence } from "@troupe/actor-runtime/system-sentence";
import { intentLines, planOf, type Scenario } from "@troupe/load-tester";
import { formatCount } from "../../display/units.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { JsonLines } from "../../output/json-lines.ts";
import { LineWriter } from "../../output/line-writer.ts";
import type { LoadOutput } from "./output-files.ts";

/** Written at once. */
const linesAWrite = 10_000;

/**
 * Writes each time that the seed of the scenario draws, a line each.
 *
 * @param path Absolute; a file of that name is replaced.
 * @throws CommandError `result-not-saved`
 */
export async function writeIntents(
  scenario: Scenario,
  path: string,
  { json, quiet }: LoadOutput,
  environment: Environment,
): Promise<ExitCodeValue> {
  const lines = await saveLines(intentLines(planOf(scenario)), path);
  const writer = new LineWriter(environment.stdout);
  if (json) {
    new JsonLines(writer, () => environment.epochMs()).emit("load-wrote", null, { path, lines });
  } else if (!quiet) {
    writer.write(`wrote ${path}: ${formatCount(lines, "time")}`, "keep");
  }
  return ExitCode.done;
}

async function saveLines(lines: Iterable<string>, path: string): Promise<number> {
  try {
    await using file = await open(path, "w");
    let waiting: string[] = [];
    let count = 0;
    for (const line of lines) {
      count++;
      waiting.push(`${line}\n`);
      if (waiting.length < linesAWrite) continue;
      // In order. oxlint-disable-next-line no-await-in-loop
      await file.appendFile(waiting.join(""));
      waiting = [];
    }
    await file.appendFile(waiting.join(""));
    return count;
  } catch (cause) {
    throw new CommandError("result-not-saved", `cannot write ${path}: ${systemSentence(cause)}`, {
      cause,
    });
  }
}
