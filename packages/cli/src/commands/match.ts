import { resolve } from "node:path";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { progressBar, type Style } from "../display/style.ts";
import { tableRoom } from "../display/table.ts";
import { formatBytes, formatCount, groupThousands } from "../display/units.ts";
import type { MatchProgress } from "../engine-port.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { loadOptions, placedOptions } from "../source.ts";
import type { Environment } from "../environment.ts";
import { withEngines, type EngineRun } from "./engine-run.ts";
import { matchExit, matchResult } from "./match-result.ts";
import { singleSource } from "./source-list.ts";

const barColumns = 20;

/**
 * `troupe match`: gives a torrent the files that are on the disk already. @returns exit code 0 when every file is there, 3
 * when some are not, and 1 when a found file could not be made.
 */
export async function runMatch(
  invocation: InvocationOf<"match">,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) =>
    run.guarded(() => match(invocation, run), invocation.source),
  );
}

async function match(invocation: InvocationOf<"match">, run: EngineRun): Promise<ExitCodeValue> {
  const { environment, reporter } = run;
  const { engine: settings, isDryRun, link } = invocation;
  const { engine, currentFolder, stop } = environment;
  const load = loadOptions(settings, environment);
  const { name, bytes: given } = await singleSource(invocation.source, environment);
  const bytes = given ?? (await engine.loadMetainfo(name, load));
  const room = tableRoom(environment);
  try {
    const result = await engine.matchData(bytes, {
      in: invocation.folders.map((folder) => resolve(currentFolder, folder)),
      directory: placedOptions(settings, environment).directory,
      dryRun: isDryRun,
      signal: stop,
      onProgress: (progress) => reporter.status(progressText(progress, room.style)),
      ...(load.stateDirectory !== undefined && { stateDirectory: load.stateDirectory }),
      ...(link !== undefined && { link }),
    });
    reporter.status(undefined);
    reporter.result(matchResult(result, room));
    return matchExit(result);
  } catch (error) {
    reporter.status(undefined);
    if (stop.aborted) return ExitCode.stopped;
    throw error;
  }
}

function progressText({ stage, done, total = 0 }: MatchProgress, style: Style): string {
  if (stage === "looking") return `looking: ${formatCount(done, "entry", "entries")}`;
  const bar = progressBar({ ...style, usesColour: false }, barColumns, done / total, "cyan");
  return stage === "proving"
    ? `${bar} comparing: ${formatBytes(done)} of ${formatBytes(total)}`
    : `${bar} linking: ${groupThousands(done)} of ${formatCount(total, "file")}`;
}
