import { resolve } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { formatBytes, formatCount } from "../display/units.ts";
import type { Environment } from "../environment.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Result } from "../report/reporter.ts";
import { requiredStateFolder } from "../source.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";

/** Missing folders that people see. */
const mostMissing = 20;
const mostText = 1_000;

/** `troupe state`: writes a state folder into a file, or brings one from there. */
export async function runState(
  invocation: InvocationOf<"state">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) =>
    run.guarded(() => carryState(invocation, run), invocation.file),
  );
}

async function carryState(
  { call, file, paths, engine: { stateDirectory: given } }: InvocationOf<"state">,
  { environment, reporter }: EngineRun,
): Promise<ExitCodeValue> {
  const { currentFolder, engine, stop: signal } = environment;
  const stateDirectory = requiredStateFolder(given, environment);
  const path = resolve(currentFolder, file);
  if (call === "export") {
    const exported = await engine.exportState(path, { stateDirectory, signal });
    reporter.result(exportResult(path, exported));
    return ExitCode.done;
  }
  const placed = paths.map(({ from, to }) => ({ from, to: resolve(currentFolder, to) }));
  const imported = await engine.importState(path, { stateDirectory, paths: placed, signal });
  reporter.result(importResult(stateDirectory, imported));
  return ExitCode.done;
}

type Exported = Awaited<ReturnType<Environment["engine"]["exportState"]>>;
type Imported = Awaited<ReturnType<Environment["engine"]["importState"]>>;

function exportResult(path: string, { jobs, files, bytes }: Exported): Result {
  const size = formatBytes(bytes);
  return {
    text: `exported ${formatCount(jobs, "job")} into ${cleanText(path, mostText)} (${size}): it has the passwords and tokens of the service`,
    line: jsonLine("state-exported", null, { file: path, jobs, files, bytes }),
  };
}

function importResult(directory: string, { jobs, files, missing }: Imported): Result {
  const shown = missing.slice(0, mostMissing).map((folder) => `  ${cleanText(folder, mostText)}`);
  const more = missing.length - shown.length;
  return {
    text: [
      `imported ${formatCount(jobs, "job")} into ${cleanText(directory, mostText)}`,
      ...(missing.length === 0 ? [] : ["these data folders are not here:", ...shown]),
      ...(more > 0 ? [`… and ${formatCount(more, "more folder")}`] : []),
    ].join("\n"),
    line: jsonLine("state-imported", null, { directory, jobs, files, missing }),
  };
}
