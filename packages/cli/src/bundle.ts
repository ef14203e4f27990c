// The program as a few joined files, which a checkout has after `pnpm install`: it starts a quarter faster.

import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where `scripts/make-bundle.ts` puts it. */
export const bundleFolder: URL = new URL("../bundle/", import.meta.url);

/** Name of the list of what a bundle was made of: JSON, an array of {@link BundleInput}. Written last. */
export const inputsFile = "inputs.json";

/** Path relative to the bundle's folder, bytes, time of change in ms since 1970. */
export type BundleInput = readonly [path: string, sizeBytes: number, changedMs: number];

/**
 * The bundle's entry when there is a bundle and every source is still as it was when the bundle was made.
 * Looks at some 300 files in about 1 ms.
 */
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
    // No bundle, half a bundle, or a source that is gone: the sources are right.
    return undefined;
  }
}
