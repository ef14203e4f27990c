// The program as a few joined files, made by `pnpm install`: it starts a quarter faster.

import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Written by `scripts/make-bundle.ts`. */
export const bundleFolder: URL = new URL("../bundle/", import.meta.url);

/** The list of inputs: JSON, an array of {@link BundleInput}. Written last. */
export const inputsFile = "inputs.json";

/** Path relative to the bundle's folder, bytes, time of change in ms since 1970. */
export type BundleInput = readonly [path: string, sizeBytes: number, changedMs: number];

/** The bundle's entry, if every source is unchanged since the bundle was made. Checks some 300 files in about 1 ms. */
export function freshBundle(folder: URL = bundleFolder): URL | undefined {
  try {
    const inputs = JSON.parse(
      readFileSync(new URL(inputsFile, folder), "utf8"),
    ) as readonly BundleInput[];
    const base = fileURLToPath(folder);
    for (const [path, sizeBytes, changedMs] of inputs) {
      const seen = statSync(base + path);
      if (seen.size !== sizeBytes || seen.mtimeMs !== changedMs) return undefined;
    }
    return new URL("run-process.js", folder);
  } catch {
    // No bundle, an incomplete bundle or a missing source: use the sources.
    return undefined;
  }
}
