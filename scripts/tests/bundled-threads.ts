// Threads of tests load the bundle of `pnpm install`: the sources, a hundred files a thread, take three times as much CPU time.
// With TROUPE_SOURCES=1, and if a source has changed since the bundle was made, threads load the sources.

import { isMainThread } from "node:worker_threads";
import { replaceSiblings } from "../../packages/actor-runtime/src/sibling-url.ts";
import { workerFiles } from "../../packages/api-base/src/options/worker-files.ts";
import { bundleFolder, freshBundle, wantsSources } from "../../packages/cli/src/bundle.ts";

/** The files that threads of tests load, and the reason as a sentence if these are the sources. */
export interface ThreadFiles {
  readonly from: "bundle" | "sources";
  readonly reason: string;
}

let chosen: ThreadFiles | undefined;

/**
 * Compares the bundle with its sources once. A runner prints the reason and gives its processes TROUPE_SOURCES=1 if the
 * threads load the sources: then they neither compare nor print.
 */
export function threadFiles(): ThreadFiles {
  return (chosen ??= chooseThreadFiles());
}

function chooseThreadFiles(): ThreadFiles {
  if (wantsSources()) return { from: "sources", reason: "TROUPE_SOURCES is 1" };
  if (freshBundle() !== undefined) return { from: "bundle", reason: "" };
  const reason = "a source has changed since the bundle was made: pnpm run prepare makes it anew";
  return { from: "sources", reason };
}

/** Files of threads by name, for the option `workerUrls`. Empty if threads load the sources. */
export function bundledFiles(): Readonly<Record<string, URL>> {
  if (threadFiles().from === "sources") return {};
  return Object.fromEntries(
    workerFiles.map((name) => [name, new URL(`${name}.js`, bundleFolder)] as const),
  );
}

/** Gives all threads that sources start in this process the bundle's files. Prints why they do not load them. */
export function useBundledThreads(): void {
  // Threads inherit `--import`. Those of the bundle name its files.
  if (!isMainThread) return;
  const files = bundledFiles();
  const { from, reason } = threadFiles();
  if (from === "sources" && !wantsSources())
    process.stderr.write(`threads load the sources: ${reason}\n`);
  // Fixtures of tests and benchmarks keep their own.
  replaceSiblings((caller, path) =>
    /\/packages\/[^/]+\/src\//.test(caller) ? files[path.replace("./", "")] : undefined,
  );
}

/** Words of `node` before a program whose engine is inline: `workerUrls` does not reach its threads for files. */
export const bundledThreadsWords: readonly string[] = [
  "--import",
  new URL("use-bundled-threads.ts", import.meta.url).href,
];
