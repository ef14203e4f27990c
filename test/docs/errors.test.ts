// docs/errors.md, held to the code in both directions.

import { globSync } from "node:fs";
import test from "ava";
import { readRepositoryFile, root, wordsOfFirstCells } from "../support/files/repository.ts";

const sources = globSync("packages/*/{src,bin}/**/*.{ts,cjs}", { cwd: root })
  .filter((path) => !path.includes("/simulated/"))
  // A semicolon in a comment would end a union.
  .map((path) => readRepositoryFile(path).replaceAll(/\/\*\*[^]*?\*\//g, ""));
const rows = readRepositoryFile("docs/errors.md").split("\n");
const documented = new Set(wordsOfFirstCells(rows.filter((line) => line.startsWith("| `"))));

/** Places where a literal in double quotes is a code. */
const codePlaces: readonly RegExp[] = [
  /\bnew (?:Troupe|Actor|Command|Protocol|Record|Usage|Peer)(?:Error|Fault)\(\s*"([a-z][a-z0-9-]*)"/g,
  /\b(?:code|refused|reason): "([a-z][a-z0-9-]*)"/g,
  /\b(?:closeSession|closePeer|closeSoon)\((?:[^;"(){}]+,)+\s*"([a-z][a-z0-9-]*)"/g,
  /\bfail\("([a-z][a-z0-9-]*)"/g,
];
/** A union of codes: its name ends so. */
const codeUnion = /\btype \w*(?:Code|TurnedAway) =([^;]+);/g;

function codesInSources(): Set<string> {
  const found = sources.flatMap((source) => [
    ...codePlaces.flatMap((place) => [...source.matchAll(place)].map(([, code = ""]) => code)),
    ...[...source.matchAll(codeUnion)].flatMap(([, union = ""]) =>
      [...union.matchAll(/"([a-z][a-z0-9-]*)"/g)].map(([, code = ""]) => code),
    ),
  ]);
  return new Set(found);
}

test("every literal code in the sources has a row in docs/errors.md", (t) => {
  const codes = codesInSources();
  t.true(codes.size > 120, `${codes.size} codes were found`);
  t.deepEqual([...codes].filter((code) => !documented.has(code)).toSorted(), []);
});

test("every code in docs/errors.md is in the sources", (t) => {
  t.true(documented.size > 120);
  // Codes of pools are put together: the pool's name, and what happened.
  const pooled = [...documented].filter((code) => /^(?:hash|check)-(?!behind|flood)/.test(code));
  t.is(pooled.length, 8);
  const all = sources.join("\n");
  const literal = [...documented].filter((code) => !pooled.includes(code));
  const unused = literal.filter((code) => !new RegExp(`["'\\[]${code}["'\\]]`).test(all));
  t.deepEqual(unused.toSorted(), []);
});
