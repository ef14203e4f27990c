// The files that each source and test file names: its imports, and the threads and programs that it starts by a relative path.

import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, posix } from "node:path";
import { root } from "./root.ts";

/** Paths are relative to the tree. */
export interface ImportGraph {
  readonly files: readonly string[];
  /** Files that a file names itself. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files by the files that they name. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

/** Reads the files of a tree. */
export function readImportGraph(tree: string = root): ImportGraph {
  const folders = "{packages/*/{src,test,bin},scripts,bench,examples,test}/**/*.{ts,tsx,mjs,js}";
  const files = globSync(folders, { cwd: tree })
    .filter((file) => !file.includes("node_modules/"))
    .sort();
  const known = new Set(files);
  const entries = packageEntries(tree);
  const named = new Map(
    files.map((file) => [file, namedBy(file, readFileSync(join(tree, file), "utf8"))]),
  );
  const importers = new Map<string, string[]>();
  for (const [file, targets] of named) {
    for (const target of targets) importers.set(target, [...(importers.get(target) ?? []), file]);
  }
  return { files, named, importers };

  function namedBy(file: string, text: string): ReadonlySet<string> {
    const words = text.matchAll(/["'`](\.{1,2}\/[^"'`\n$]+|@troupe\/[^"'`\n$]+)["'`]/g);
    return new Set([...words].flatMap(([, word = ""]) => resolved(file, word) ?? []));
  }

  function resolved(file: string, word: string): string | undefined {
    const path = word.startsWith(".") ? posix.join(dirname(file), word) : entries.get(word);
    return [path, `${path}.ts`, `${path}.tsx`].find((one) => one !== undefined && known.has(one));
  }
}

/** How many steps of importing lead to each file from the nearest of some files: zero for those. */
export function distancesFrom(
  sources: Iterable<string>,
  { importers }: Pick<ImportGraph, "importers">,
): ReadonlyMap<string, number> {
  const distances = new Map([...sources].map((source) => [source, 0]));
  for (const [file, distance] of distances) {
    for (const importer of importers.get(file) ?? [])
      if (!distances.has(importer)) distances.set(importer, distance + 1);
  }
  return distances;
}

/** Paths of the entries of all packages by the words that import them. */
function packageEntries(tree: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  for (const file of globSync("packages/*/package.json", { cwd: tree })) {
    const { name, exports } = JSON.parse(readFileSync(join(tree, file), "utf8")) as {
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
