// Starts the engines of tests.

import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import { bundledFiles } from "../../../scripts/tests/bundled-threads.ts";
import { quiet } from "./quiet.ts";

/** `TROUPE_THREADS=1` gives threads to every engine that has not chosen its host. */
const usualHost = process.env["TROUPE_THREADS"] === "1" ? "threads" : "inline";

/**
 * Starts an engine with the options `quiet`.
 *
 * @param options Default of `host`: `inline`, which takes half the CPU time of threads. A test of threads, or one that blocks
 *   its own thread, says `threads`; they load the bundle.
 */
export async function startEngine(options: CoordinatorOptions = {}): Promise<Coordinator> {
  const { host = usualHost, ...others } = options;
  const files = host === "threads" && { workerUrls: bundledFiles() };
  return await Coordinator.start({ ...quiet, host, ...files, ...others });
}
