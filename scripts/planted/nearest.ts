// The order in which test files run against a changed source: the nearest first.

import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize, posix } from "node:path";

/** A test file and its distance from the changed source: Infinity where it imports nothing that leads there. */
interface NearTest {
  readonly file: string;
  readonly distance: number;
}

/** Tests of a tree: what each file imports. */
export interface TestGraph {
  readonly tests: readonly string[];
  /** Files by the files that they name. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

/** Tests beside foreign programs and browsers run last: most of their time passes in those. */
const foreign = /^test\/(?:interop|leaks|page|torrents)\//;

/**
 * Reads what each source and test file imports, and what it names by a relative path: threads and programs are started so.
 *
 * @param root Folder of the tree.
 */
export function readTestGraph(root: string): TestGraph {
  const files = globSync("{packages/*/{src,test},test}/**/*.{ts,tsx}", { cwd: root })
    .filter((file) => !file.includes("node_modules/"))
    .sort();
  const known = new Set(files);
  const entries = packageEntries(root);
  const importers = new Map<string, string[]>();
  for (const file of files) {
    for (const target of namedFiles(file, readFileSync(join(root, file), "utf8"))) {
      importers.set(target, [...(importers.get(target) ?? []), file]);
    }
  }
  const isTest = (file: string): boolean =>
    file.endsWith(".test.ts") && !/\/(?:support|fixtures)\//.test(file);
  return { tests: files.filter(isTest), importers };

  function namedFiles(file: string, text: string): Set<string> {
    const named = new Set<string>();
    for (const [, word = ""] of text.matchAll(
      /["'`](\.{1,2}\/[^"'`\n$]+|@troupe\/[^"'`\n$]+)["'`]/g,
    )) {
      const path = word.startsWith(".") ? posix.join(dirname(file), word) : entries.get(word);
      const found = [path, `${path}.ts`, `${path}.tsx`].find((one) => one && known.has(one));
      if (found !== undefined) named.add(found);
    }
    return named;
  }
}

/** Paths of the entries of all packages by the words that import them. */
function packageEntries(root: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const file of globSync("packages/*/package.json", { cwd: root })) {
    const { name, exports } = JSON.parse(readFileSync(join(root, file), "utf8")) as {
      name: string;
      exports?: string | Readonly<Record<string, unknown>>;
    };
    const all = typeof exports === "string" ? { ".": exports } : (exports ?? {});
    for (const [entry, target] of Object.entries(all)) {
      if (typeof target === "string")
        entries.set(posix.join(name, entry), normalize(join(dirname(file), target)));
    }
  }
  return entries;
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
  const distances = distancesFrom(source, importers);
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

function distancesFrom(
  source: string,
  importers: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const distances = new Map([[source, 0]]);
  for (const [file, distance] of distances) {
    for (const importer of importers.get(file) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1);
  }
  return distances;
}
