// `pnpm install` joins the program into a few files, which start a quarter faster.

import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Written by `scripts/make-bundle.ts`. */
export const bundleFolder: URL = new URL("../bundle/", import.meta.url);

/** The list of inputs: JSON, an array of {@link BundleInput}. Written last. */
export const inputsFile = "inputs.json";

/** The command without the calls of modules, joined into a script: name of its file, without extension. */
export const commandScript = "run-process";

/** The command with all calls, joined into modules: name of its first file, without extension. */
export const commandModule = "run-modules";

/** Calls with much code, or seldom made, which the script of all other calls does not have. */
const callsOfModules = ["load-test", "serve", "import", "state"];

/** Whether a command line is started as modules. @param words With the words before the first argument. */
export function startsAsModules(words: readonly string[]): boolean {
  return callsOfModules.some((call) => words.includes(call));
}

/** Path below the bundle's folder, bytes, time of change in ms since 1970. */
export type BundleInput = readonly [path: string, sizeBytes: number, changedMs: number];

/** Sources that `troupe load-test` alone runs. */
const loadTestPath = /^\.\.\/\.\.\/load-|\/load-test\//;

/** Whether this run is to load the sources, though the bundle may be fresh: `TROUPE_SOURCES=1`. */
export function wantsSources(): boolean {
  return process.env["TROUPE_SOURCES"] === "1";
}

/**
 * The bundle's entry, if no source has changed since. Checks some 900 files in about 3 ms.
 *
 * @param isModules Otherwise the sources of load tests, 300 more files, are not checked: the call runs none of them.
 */
export function freshBundle(
  folder: URL = bundleFolder,
  isModules: boolean = true,
): URL | undefined {
  try {
    const inputs = JSON.parse(
      readFileSync(new URL(inputsFile, folder), "utf8"),
    ) as readonly BundleInput[];
    const base = fileURLToPath(folder);
    for (const [path, sizeBytes, changedMs] of inputs) {
      if (!isModules && loadTestPath.test(path)) continue;
      const seen = statSync(base + path);
      if (seen.size !== sizeBytes || seen.mtimeMs !== changedMs) return undefined;
    }
    return new URL(`${isModules ? commandModule : commandScript}.js`, folder);
  } catch {
    // Without a complete bundle, or a source: use the sources.
    return undefined;
  }
}
