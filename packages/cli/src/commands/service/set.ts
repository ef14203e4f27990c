import { engineSettings, torrentSettings } from "@troupe/control";
import type { SetTask } from "../../arguments/service-arguments.ts";
import { rowName } from "../../display/service/row-view.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import {
  forEach,
  namedTorrents,
  reportChange,
  settingArguments,
  type ServiceRun,
} from "./service-run.ts";

/** `troupe set`: changes settings of torrents, or of the engine. */
export async function changeSettings(
  { torrent: word, changes }: SetTask,
  run: ServiceRun,
): Promise<ExitCodeValue> {
  const { service, reporter } = run;
  if (word === undefined) {
    await service.run("set-engine", await settingArguments(run, engineSettings, changes));
    reporter.result({ text: "engine: set", line: jsonLine("changed", null, { command: "set" }) });
    return ExitCode.done;
  }
  const given = await settingArguments(run, torrentSettings, changes);
  return await forEach(run, await namedTorrents(run, [word]), rowName, async (row) => {
    await service.run("set", { torrent: row.torrent, ...given });
    reportChange(run, row, "set");
  });
}
