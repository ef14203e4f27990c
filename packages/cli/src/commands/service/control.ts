import { cleanText } from "@troupe/protocol/text";
import type { RemoveTask } from "../../arguments/service-arguments.ts";
import { rowName } from "../../display/service/row-view.ts";
import { formatCount } from "../../display/units.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import type { TorrentRow } from "../../service-client/service-port.ts";
import { allWord } from "../../service-client/torrent-names.ts";
import { forEach, namedTorrents, reportChange, type ServiceRun } from "./service-run.ts";

/** `troupe start`, `stop` and `pause`: all torrents in one call. */
export async function controlTorrents(
  call: "pause" | "start" | "stop",
  words: readonly string[],
  run: ServiceRun,
): Promise<ExitCodeValue> {
  const rows = await namedTorrents(run, words);
  // Without torrents the command is for all: their names would make a long request.
  const given = words.includes(allWord) ? {} : { torrents: rows.map(({ torrent }) => torrent) };
  await run.service.run(call, given);
  for (const row of rows) reportChange(run, row, call);
  return ExitCode.done;
}

/** `troupe remove`: asks a person, and keeps the files unless `--data`. */
export async function removeTorrents(task: RemoveTask, run: ServiceRun): Promise<ExitCodeValue> {
  const { service, reporter, environment } = run;
  const { data, isSure } = task;
  const rows = await namedTorrents(run, task.torrents);
  if (!isSure && environment.hasPerson() && rows.length > 0) await confirm(run, rows, data);
  return await forEach(run, rows, rowName, async (row) => {
    const { torrent } = row;
    await service.run("remove", { torrent, data });
    const kept = data ? "with its files" : `its files stay in ${cleanText(row.directory, 200)}`;
    const text = `${rowName(row)}: removed, ${kept}`;
    reporter.result({ text, line: jsonLine("removed", torrent, {}) });
  });
}

/** @throws CommandError `not-confirmed` */
async function confirm(
  { environment }: ServiceRun,
  rows: readonly TorrentRow[],
  data: boolean,
): Promise<void> {
  const [only] = rows;
  const isOne = rows.length === 1 && only !== undefined;
  const named = isOne ? rowName(only) : formatCount(rows.length, "torrent");
  const files = isOne ? "its files" : "their files";
  const how = data ? `with ${files}` : `${files} stay`;
  const answer = await environment.ask(`remove ${named} (${how})? [y/N] `);
  if (answer !== undefined && /^\s*y(?:es)?\s*$/i.test(answer)) return;
  throw new CommandError("not-confirmed", "nothing was removed: the answer was not y");
}
