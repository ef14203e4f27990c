// The result of `troupe match`: a table for people, a line for scripts.

import { cleanText } from "@troupe/protocol/text";
import { renderTable, type TableRoom } from "../display/table.ts";
import { formatBytes, formatCount } from "../display/units.ts";
import type { MatchedFile, MatchResult } from "../engine-port.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { jsonLine } from "../output/json-line.ts";
import type { Result } from "../report/reporter.ts";

const mostRows = 50;
const mostText = 1_000;
/** In this order in the summary. */
const counted = ["there", "linked", "found", "missing", "unproven", "failed"] as const;
const words: Readonly<Record<(typeof counted)[number], string>> = {
  there: "there before",
  linked: "linked",
  found: "found",
  missing: "missing",
  unproven: "not proven",
  failed: "failed",
};

/** A table of the files that were not there, and a summary. */
export function matchResult(result: MatchResult, room: TableRoom): Result {
  return {
    text: [...fileLines(result.files, room), ...remarks(result), summary(result)].join("\n"),
    line: jsonLine("matched", result.infoHash, {
      name: result.name,
      directory: result.directory,
      link: result.link,
      isCut: result.isCut,
      unreadable: result.unreadable,
      files: result.files.map(({ file, ...rest }) => ({ number: file + 1, ...rest })),
    }),
  };
}

/** @returns 0 when every file is there, or would be; 1 when one could not be made, otherwise 3. */
export function matchExit({ files }: MatchResult): ExitCodeValue {
  const has = (...states: readonly MatchedFile["state"][]): boolean =>
    files.some(({ state }) => states.includes(state));
  if (has("failed")) return ExitCode.failed;
  return has("missing", "unproven") ? ExitCode.incomplete : ExitCode.done;
}

function fileLines(files: readonly MatchedFile[], room: TableRoom): string[] {
  const changed = files.filter(({ state }) => state !== "there" && state !== "empty");
  if (changed.length === 0) return [];
  const rows = changed.slice(0, mostRows).map(rowOf);
  const layout = ["left", "right", "left", "left"] as const;
  const titles = ["", "size", "file of the torrent", "found as, or why not"];
  const table = renderTable({ layout, titles, rows, stacks: true }, room);
  const hidden = changed.length - rows.length;
  return hidden > 0 ? [...table, `… and ${formatCount(hidden, "more file")}`] : table;
}

function rowOf({ state, lengthBytes, path, from, reason }: MatchedFile): string[] {
  const word = state === "there" || state === "empty" ? "" : words[state];
  const why = cleanText(reason ?? from ?? "", mostText);
  return [word, formatBytes(lengthBytes), cleanText(path, mostText), why];
}

function remarks({ isCut, unreadable }: MatchResult): string[] {
  const cut = "the search has reached its bounds: files may have been left out";
  return [...unreadable.map((why) => cleanText(why, mostText)), ...(isCut ? [cut] : [])];
}

function summary({ name, files, directory }: MatchResult): string {
  const filled = files.filter(({ state }) => state !== "empty");
  const counts = counted.flatMap((state) => {
    const count = filled.filter((file) => file.state === state).length;
    return count === 0 ? [] : [`${count} ${words[state]}`];
  });
  const all = formatCount(filled.length, "file");
  return `${cleanText(name, 200)}: ${[`of ${all}`, counts.join(", ")].join(" ")}, in ${directory}`;
}
