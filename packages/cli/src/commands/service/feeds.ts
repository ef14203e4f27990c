import { cleanText } from "@troupe/protocol/text";
import { renderTable, tableRoom } from "../../display/table.ts";
import { ExitCode, type ExitCodeValue } from "../../failure.ts";
import { jsonLine } from "../../output/json-line.ts";
import type { FeedRow } from "../../service-client/service-port.ts";
import type { ServiceRun } from "./service-run.ts";

const longestText = 300;

/** `troupe feeds`: a table on a terminal, else lines with tabs. */
export async function listFeeds(run: ServiceRun): Promise<ExitCodeValue> {
  const { environment, json, reporter, service } = run;
  const feeds = await service.feeds();
  const rows = feeds.map(cellsOf);
  if (json) {
    for (const feed of feeds) reporter.result({ text: feed.name, line: lineOf(feed) });
  } else if (environment.stdout.isTTY !== true) {
    for (const row of rows) reporter.result({ text: row.join("\t") });
  } else if (rows.length === 0) {
    reporter.remark({ text: "the service has no feed" });
  } else {
    const table = {
      layout: ["left", "left", "right", "right", "left"],
      titles: ["name", "state", "items", "taken", "error"],
      ...{ rows, isProse: true },
    } as const;
    reporter.result({ text: renderTable(table, tableRoom(environment)).join("\n") });
  }
  return ExitCode.done;
}

function cellsOf({ error, items, name, state, taken }: FeedRow): string[] {
  const fault = error === undefined ? "" : `${error.message} [${error.code}]`;
  return [
    ...[cleanText(name, longestText), cleanText(state, longestText)],
    ...[String(items), String(taken), cleanText(fault, longestText)],
  ];
}

function lineOf({ error, items, lookedMs, name, nextMs, state, taken, url }: FeedRow) {
  return jsonLine("feed", null, {
    ...{ name, url, state, items, taken },
    ...(lookedMs !== undefined && { lookedMs }),
    ...(nextMs !== undefined && { nextMs }),
    ...(error !== undefined && { error }),
  });
}
