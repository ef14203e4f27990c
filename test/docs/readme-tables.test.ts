// The tables of README.md, held to the code.

import { globSync } from "node:fs";
import test from "ava";
import { torrentEventNames } from "../../packages/coordinator/src/api/events/event-names.ts";
import { readRepositoryFile, root, wordsOfFirstCells } from "../support/files/repository.ts";

const readme = readRepositoryFile("README.md");

/** Words in backquotes in the first cell of each row of the tables whose head begins so. */
function firstCells(head: string): string[] {
  const lines = readme.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${head} `));
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith("|"));
  return wordsOfFirstCells(rows.slice(0, end));
}

function sourcesOf(pattern: string): string {
  return globSync(pattern, { cwd: root }).map(readRepositoryFile).join("\n");
}

const documented = ["code of an error", "code of a torrent's `error`", "code of a `warning`"].map(
  firstCells,
);

test("the table of events has every event of a torrent, and no other", (t) => {
  const { any: _, ...names } = torrentEventNames as Readonly<Record<string, true>>;
  t.deepEqual(firstCells("event of a torrent").toSorted(), Object.keys(names).toSorted());
});

test("every code in the tables is in the sources", (t) => {
  const sources = sourcesOf("packages/*/{src,bin}/**/*.{ts,cjs}");
  for (const codes of documented) {
    t.true(codes.length > 5);
    for (const code of codes.filter((word) => !/^E[A-Z]+$/.test(word))) {
      t.true(sources.includes(`"${code}"`) || sources.includes(`[${code}]`), code);
    }
  }
});

test("the table of reasons has every code of why(), and no other", (t) => {
  const union = /type WhyCode =([^]*)/.exec(sourcesOf("packages/messages/src/why.ts")) ?? [];
  const codes = [...(union[1] ?? "").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(
    ([, code = ""]) => code,
  );
  t.true(codes.length > 15);
  t.deepEqual(firstCells("code | it waits for").toSorted(), codes.toSorted());
});

test("every code that the library throws or emits is in the tables", (t) => {
  const sources = sourcesOf("packages/{api-base,coordinator,dht-worker}/src/**/*.ts");
  const codes = [...sources.matchAll(/(?:new TroupeError\(\s*|\bcode: )"([a-z-]+)"/g)];
  t.true(codes.length > 20);
  // Texts of scrapes, of web seeds, of the events `tracker` and `why`, and of the log.
  const trackerCodes = ["refused", "silent", "unreachable", "closed", "status", "family-missing"];
  const gatewayCodes = ["gateway-refused", "gateway-silent"];
  const texts = [
    ...trackerCodes.map((code) => `tracker-${code}`),
    ...gatewayCodes,
    ...["bad-piece", "files-missing"],
    ...["failed", "scrape-unsupported"],
    // Of a quest that the library refuses by `option-out-of-range` before the worker does.
    "node-id-malformed",
  ];
  const known = new Set([...documented.flat(), ...texts]);
  const missing = codes.map(([, code = ""]) => code).filter((code) => !known.has(code));
  t.deepEqual([...new Set(missing)], []);
});
