// Starts the engines of tests.

import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import { quiet } from "./quiet.ts";
import { bundledFiles } from "../../../scripts/tests/bundled-threads.ts";

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
