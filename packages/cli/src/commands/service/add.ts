import { torrentSettings } from "@troupe/control";
import type { AddTask } from "../../arguments/service-arguments.ts";
import { rowName } from "../../display/service/row-view.ts";
import { failureOf, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import { listSources, type NamedSource } from "../source-list.ts";
import { forEach, placedPath, settingArguments, type ServiceRun } from "./service-run.ts";
import { sourceArguments } from "./torrent-source.ts";

const alreadyThere = "torrent-exists";

/** `troupe add`: adds each source; one that is refused does not stop the others. */
export async function addTorrents(task: AddTask, run: ServiceRun): Promise<ExitCodeValue> {
  const { directory, isStopped } = task;
  const options = {
    ...(await settingArguments(run, torrentSettings, task.settings)),
    ...(directory !== undefined && { directory: placedPath(run, directory) }),
    ...(isStopped && { state: "stopped" }),
  };
  const sources = await listSources(task.sources, [], run.environment);
  return await forEach(
    run,
    sources,
    ({ name }) => name,
    async (source) => await addOne(run, source, options),
  );
}

async function addOne(run: ServiceRun, source: NamedSource, options: object): Promise<void> {
  const { service, reporter, environment } = run;
  const given = await sourceArguments(source, environment);
  const torrent = await service.run("add", { ...given, ...options }).catch((error: unknown) => {
    const { code, sentence: message } = failureOf(error);
    if (code !== alreadyThere) throw error;
    reporter.warned({ code, message }, source.name);
    return undefined;
  });
  if (torrent === undefined) return;
  const row = await service.run("status", { torrent });
  const { number, name } = row;
  const line = jsonLine("added", torrent, { number, name, source: source.name });
  reporter.result({ text: `${rowName(row)}: added as number ${number}`, line });
}
