// test/catalogue.md, held to the titles of the tests in both directions.

import { globSync } from "node:fs";
import test from "ava";
import {
  readRepositoryFile as read,
  root,
  wordsInBackquotes,
} from "../support/files/repository.ts";

/** Ids before the colon that a title begins with. */
const titleStart = /["'`]((?:case \d+|[A-Z]{1,2}\d+)(?:, (?:case \d+|[A-Z]{1,2}\d+))*): /g;
/** The cases that a misbehaving peer or tracker stands for. */
const peerCases = /^ {4}cases: \[([\d, ]+)\],$/gm;

interface Row {
  readonly id: string;
  readonly sentence: string;
  readonly paths: readonly string[];
}

function idsOfTitles(path: string): Set<string> {
  return new Set([...read(path).matchAll(titleStart)].flatMap(([, ids = ""]) => ids.split(", ")));
}

/** The cases of each misbehaving peer or tracker of a file. */
function peersOf(path: string): string[][] {
  return [...read(path).matchAll(peerCases)].map(([, numbers = ""]) =>
    numbers.split(", ").map((number) => `case ${number}`),
  );
}

function rowsOf(text: string): Row[] {
  return text
    .split("\n")
    .map((line) => /^\| ((?:case )?[A-Z]*\d+) \| (.+) \| (`.+`) \|$/.exec(line))
    .filter((found) => found !== null)
    .map(([, id = "", sentence = "", paths = ""]) => ({
      id,
      sentence,
      paths: wordsInBackquotes(paths),
    }));
}

const page = read("test/catalogue.md");
const rows = rowsOf(page);
const known = new Set(rows.map(({ id }) => id));
const tests = globSync("{test,packages/*/test}/**/*.test.ts", {
  cwd: root,
  exclude: (path) => path.endsWith("node_modules"),
});
const behaviours = globSync(
  ["packages/load-peers/src/misbehaving/behaviours/*.ts", "test/support/trackers/*.ts"],
  { cwd: root },
);
const cited = new Map([
  ...tests.map((path) => [path, idsOfTitles(path)] as const),
  ...behaviours.map((path) => [path, new Set(peersOf(path).flat())] as const),
]);

test("every id that a test title, a misbehaving peer or a tracker cites has a row in test/catalogue.md", (t) => {
  const ids = new Set([...cited.values()].flatMap((of) => [...of]));
  const peers = behaviours.flatMap(peersOf);
  t.true(tests.length > 300 && peers.length > 50, `${tests.length}, ${peers.length}`);
  t.true(ids.size > 90, `${ids.size} ids`);
  t.deepEqual([...ids].filter((id) => !known.has(id)).toSorted(), []);
});

test("every file that a row of test/catalogue.md names cites its id", (t) => {
  const wrong = rows.flatMap(({ id, paths }) =>
    paths
      .map((path) => (path.startsWith("test/") ? path : `packages/${path}`))
      .filter((path) => cited.get(path)?.has(id) !== true)
      .map((path) => `${id}: ${path}`),
  );
  t.deepEqual(wrong, []);
});

test("an id has one row in test/catalogue.md, with one sentence", (t) => {
  t.true(rows.length > 90);
  t.is(rows.length, [...page.matchAll(/^\| (?!id )/gm)].length, "a row has three cells");
  t.is(known.size, rows.length);
  t.deepEqual(
    rows.filter(({ sentence }) => !/^[^.]*(?:\.\w[^.]*)*\.$/.test(sentence)).map(({ id }) => id),
    [],
  );
});

test("no comment in a source cites an id, a design or an issue", (t) => {
  const sources = globSync("packages/*/{src,bin}/**/*.{ts,mjs,cjs}", { cwd: root });
  t.true(sources.length > 300, `${sources.length} sources`);
  const citation = /\b(?:AE|EX|PI)\d+\b|\bcases? F?\d+\b|\bF\d\d\b|\bdesign(?: §|:)|\bissue #?\d/;
  const citing = sources.flatMap((path) =>
    [...read(path).matchAll(/\/\*\*[^]*?\*\/|^\s*\/\/.*$/gm)]
      .filter(([comment]) => citation.test(comment))
      .map(([comment]) => `${path}: ${comment}`),
  );
  t.deepEqual(citing, []);
});
