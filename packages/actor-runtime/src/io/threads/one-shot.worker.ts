// Calls a function, posts the result, and ends.

import { encodeFailure, type FailureData } from "../../failure.ts";
import { systemModule } from "../system/system-module.ts";

/** The task, as the thread's `workerData`. */
export interface OneShotOrder {
  readonly module: string;
  readonly run: string;
  readonly input: unknown;
  /** Shared memory; 1 when the function is called. */
  readonly begun: Int32Array;
}

/** Posted once. */
export type OneShotReport = { readonly result: unknown } | { readonly failure: FailureData };

const { parentPort, workerData } = systemModule("node:worker_threads");

parentPort?.postMessage(await reportOf(workerData as OneShotOrder));

async function reportOf({ begun, input, module, run }: OneShotOrder): Promise<OneShotReport> {
  try {
    const { [run]: act } = (await import(module)) as Record<string, (input: unknown) => unknown>;
    if (act === undefined) throw new TypeError(`bug: "${module}" exports no "${run}"`);
    Atomics.store(begun, 0, 1);
    return { result: await act(input) };
  } catch (error) {
    return { failure: encodeFailure(error) };
  }
}
