// The word `export` is for names that another file imports.

import test from "ava";
import { listTrackedFiles, readRepositoryFile } from "../support/files/repository.ts";
import { ExportsOfSources, packageEntries } from "./exports.ts";

/** Their names are for users. */
const publicFiles = new Set([
  "packages/coordinator/src/index.ts",
  "packages/coordinator/src/testing.ts",
  "packages/dht-worker/src/index.ts",
  "packages/load-tester/src/index.ts",
]);

/** Threads of a pool, and the bundle of the page, name them in other ways than by an import. */
const calledByName = [
  "packages/actor-runtime/src/io/disk/look-at-folders.ts#lookAtFolders",
  "packages/hash-worker/src/check/check.task.ts#runTask",
  "packages/hash-worker/src/hash/hash.task.ts#runTask",
  "packages/hash-worker/src/hasher/hasher.task.ts#runTask",
];

function exportsOf(texts: Readonly<Record<string, string>>): string[] {
  const sources = new ExportsOfSources(new Map(Object.entries(texts)), new Map([["@p/b", "b.ts"]]));
  return sources.unused(
    () => true,
    (path) => path === "public.ts",
  );
}

test("every exported name of the sources is imported by another file", (t) => {
  const paths = listTrackedFiles("*.ts", "*.tsx").filter((path) => !path.endsWith(".d.ts"));
  const texts = new Map(paths.map((path) => [path, readRepositoryFile(path)]));
  t.true(texts.size > 1_500);
  const sources = new ExportsOfSources(texts, packageEntries());
  const unused = sources.unused(
    (path) => /^packages\/[^/]+\/src\//.test(path),
    (path) => publicFiles.has(path),
  );
  t.deepEqual(unused, calledByName);
});

test("an exported name that no file imports is found", (t) => {
  t.deepEqual(
    exportsOf({
      "a.ts": "export const one = 1;\nexport function two() {}\nexport type Three = 3;\n",
      "b.ts": 'import { one } from "./a.ts";\nimport type { Three } from "./a.ts";\n',
    }),
    ["a.ts#two"],
  );
});

test("a name that a folder passes on needs an importer, too", (t) => {
  const texts = {
    "a.ts": "export const one = 1;\nexport const two = 2;\n",
    "b.ts": 'export * from "./a.ts";\n',
    "c.ts": 'import { one } from "@p/b";\n',
  };
  t.deepEqual(exportsOf(texts), ["a.ts#two"]);
  t.deepEqual(exportsOf({ ...texts, "b.ts": 'export { one, two } from "./a.ts";\n' }), [
    "a.ts#two",
    "b.ts#two",
  ]);
});

test("names for users, and of modules that are loaded later, need no importer", (t) => {
  const texts = { "a.ts": "export const one = 1;\n", "public.ts": 'export * from "./a.ts";\n' };
  t.deepEqual(exportsOf(texts), []);
  t.deepEqual(exportsOf({ "a.ts": texts["a.ts"], "b.ts": 'await import("./a.ts");\n' }), []);
});
