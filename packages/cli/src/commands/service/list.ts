import { torrentLines, torrentTable } from "../../display/service/torrent-table.ts";
import { tableRoom } from "../../display/table.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { torrentLine, type ServiceRun } from "./service-run.ts";

/** `troupe list`: a table on a terminal, else lines with tabs. */
export async function listTorrents(run: ServiceRun): Promise<ExitCodeValue> {
  const { service, reporter, environment, json } = run;
  const { rows } = await service.torrents();
  if (json) {
    for (const row of rows) reporter.result({ text: row.torrent, line: torrentLine(row) });
  } else if (environment.stdout.isTTY !== true) {
    for (const text of torrentLines(rows)) reporter.result({ text });
  } else if (rows.length === 0) {
    reporter.remark({ text: "the service has no torrent" });
  } else {
    reporter.result({ text: torrentTable(rows, tableRoom(environment)).join("\n") });
  }
  return ExitCode.done;
}
