// The table of docs/service-transmission.md, held to the list of constants in the code.

import test from "ava";
import * as lists from "../../packages/service/src/transmission/constants.ts";
import { readRepositoryFile } from "../support/files/repository.ts";

interface ListedRow {
  readonly name: string;
  readonly row: string;
  readonly value?: unknown;
  readonly text?: string;
}

const places = {
  torrentConstants: "torrents",
  partialAnswers: "torrents",
  peerConstants: "peers",
  trackerConstants: "trackers",
  statisticsConstants: "statistics",
  sessionConstants: "session",
  fixedSettings: "session",
  methodErrors: "methods",
  argumentErrors: "arguments",
} as const satisfies Record<keyof typeof lists, string>;

/** The answer of a row: its value, its sentence, or the words for a setting of the settings file. */
function answerOf({ value, text }: ListedRow, place: string): string {
  if (value !== undefined) return `\`${JSON.stringify(value)}\``;
  if (text === undefined) return "the value of the settings file, which no call changes";
  return place === "methods" || place === "arguments" ? `error: ${text}` : text;
}

const header = ["| of | name | answer | ended by |", "| --- | --- | --- | --- |"];
const listed = new Map<string, object>(Object.entries(lists));
const lines = Object.entries(places).flatMap(([list, place]) => {
  const rows: readonly ListedRow[] = Object.values(listed.get(list) ?? {});
  return rows.map((row) => `| ${place} | \`${row.name}\` | ${answerOf(row, place)} | ${row.row} |`);
});

test("the page of Transmission's protocol has a row for each thing that Troupe lacks", (t) => {
  const page = readRepositoryFile("docs/service-transmission.md").split("\n");
  t.true(lines.length > 50);
  t.deepEqual(
    page.filter((line) => line.startsWith("| ")),
    [...header, ...lines],
  );
});
