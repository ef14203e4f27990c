// Starts the engines of tests.

import { Coordinator, workerFiles, type CoordinatorOptions } from "@troupe/coordinator";
import { quiet } from "./quiet.ts";
import { bundleFolder, freshBundle } from "../../../packages/cli/src/bundle.ts";

/**
 * Starts an engine with the options `quiet`. Its threads load the bundle of `pnpm install`: the sources, a hundred files
 * a thread, take three times as much CPU time.
 *
 * @param options With `workerUrls` the threads load those files.
 */
export async function startEngine(options: CoordinatorOptions = {}): Promise<Coordinator> {
  const isInline = options.host === "inline";
  return await Coordinator.start({
    ...quiet,
    ...(isInline ? {} : { workerUrls: bundledFiles() }),
    ...options,
  });
}

/** Files of threads by name. Empty if a source has changed since the bundle was made: the threads load the sources. */
export function bundledFiles(): Readonly<Record<string, URL>> {
  if (freshBundle() === undefined) return {};
  return Object.fromEntries(
    workerFiles.map((name) => [name, new URL(`${name}.js`, bundleFolder)] as const),
  );
}
