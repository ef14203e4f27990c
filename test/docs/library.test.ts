// docs/library.md and the reasons of docs/errors.md, held to the code.

import test from "ava";
import { torrentEventNames } from "../../packages/coordinator/src/api/events/event-names.ts";
import { readRepositoryFile, wordsOfFirstCells } from "../support/files/repository.ts";

/** Words in backquotes in the first cell of each row of the table after a line that begins so. */
function firstCells(page: string, start: string): string[] {
  const lines = readRepositoryFile(page).split("\n");
  const from = lines.findIndex((line) => line.startsWith(start));
  const rows = lines.slice(
    lines.findIndex((line, index) => index > from && line.startsWith("|-")) + 1,
  );
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return wordsOfFirstCells(rows.slice(0, end));
}

test("the table of events has every event of a torrent, and no other", (t) => {
  const { any: _, ...names } = torrentEventNames as Readonly<Record<string, true>>;
  const rows = firstCells("docs/library.md", "## Events");
  t.deepEqual(rows.toSorted(), Object.keys(names).toSorted());
});

test("the table of reasons has every code of why() once, and no other", (t) => {
  const union = /type WhyCode =([^]*)/.exec(readRepositoryFile("packages/messages/src/why.ts"));
  const codes = [...(union?.[1] ?? "").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(
    ([, code = ""]) => code,
  );
  t.true(codes.length > 15);
  const rows = firstCells("docs/errors.md", "## Why a torrent is not faster");
  t.deepEqual(rows.toSorted(), codes.toSorted());
});
