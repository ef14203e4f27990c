// The order in which test files run against a changed source: the nearest first.

import { basename, dirname } from "node:path";
import { distancesFrom, readImportGraph, type ImportGraph } from "../tests/import-graph.ts";

/** A test file and its distance from the changed source: Infinity where it imports nothing that leads there. */
interface NearTest {
  readonly file: string;
  readonly distance: number;
}

/** Tests of a tree, and what imports what. */
export interface TestGraph extends Pick<ImportGraph, "importers"> {
  readonly tests: readonly string[];
}

/** Tests beside foreign programs and browsers run last: most of their time passes in those. */
const foreign = /^test\/(?:interop|leaks|page|torrents)\//;

/** Reads the files of a tree. @param leftOut Tests that are not run. */
export function readTestGraph(tree: string, leftOut: readonly string[]): TestGraph {
  const { files, importers } = readImportGraph(tree);
  const isTest = (file: string): boolean =>
    file.endsWith(".test.ts") && !/\/(?:support|fixtures)\//.test(file);
  return { tests: files.filter((file) => isTest(file) && !leftOut.includes(file)), importers };
}

/**
 * Test files, the nearest to the source first: its namesake, tests of its folder, others of its package by distance, then
 * tests of other folders by distance and by words that their path shares with the source's.
 *
 * @returns Two lists: tests of the package, and others.
 */
export function nearestTests(
  { tests, importers }: TestGraph,
  source: string,
): { readonly own: readonly string[]; readonly others: readonly string[] } {
  const distances = distancesFrom([source], { importers });
  const near = tests.map((file) => ({ file, distance: distances.get(file) ?? Infinity }));
  const ownFolder = source.split("/").slice(0, 2).join("/") + "/test/";
  const isOwn = ({ file }: NearTest): boolean => file.startsWith(ownFolder);
  const testFolder = dirname(source).replace("/src", "/test");
  const namesake = basename(source).replace(/\.tsx?$/, ".test.ts");
  const ownRank = ({ file, distance }: NearTest): number => {
    if (dirname(file) !== testFolder) return distance;
    return basename(file) === namesake ? -2 : -1;
  };
  const words = wordsOf(source);
  const otherRank = ({ file, distance }: NearTest): number => {
    const shared = [...wordsOf(file)].filter((word) => words.has(word)).length;
    return distance - 2 * shared + (isForeignTo(file, source) ? 1_000 : 0);
  };
  const own = near.filter(isOwn).sort(by(ownRank));
  const others = near.filter((test) => !isOwn(test)).sort(by(otherRank));
  return { own: own.map(({ file }) => file), others: others.map(({ file }) => file) };
}

/** The page itself is tested in a browser. */
function isForeignTo(file: string, source: string): boolean {
  if (source.startsWith("packages/page/") && file.startsWith("test/page/")) return false;
  return foreign.test(file);
}

function by(rank: (test: NearTest) => number): (one: NearTest, other: NearTest) => number {
  return (one, other) => {
    const [first, second] = [rank(one), rank(other)];
    if (first !== second) return first < second ? -1 : 1;
    return one.file < other.file ? -1 : 1;
  };
}

/** Words of a path, without those that each path has. */
function wordsOf(path: string): ReadonlySet<string> {
  const words = path.split(/[^a-z0-9]+/).map((word) => word.replace(/s$/, ""));
  return new Set(
    words.filter((word) => word.length > 2 && !/^(?:package|src|test|tsx|and|the|of)$/.test(word)),
  );
}
