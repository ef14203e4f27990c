// Calls a function, posts the result, and ends.

import { encodeFailure, type FailureData } from "../../failure.ts";
import { systemModule } from "../system/system-module.ts";

/** The task, as the thread's `workerData`. */
export interface OneShotOrder {
  readonly module: string;
  readonly run: string;
  readonly input: unknown;
}

/** `begun` is posted before the function is called; then the result or failure, once. */
export type OneShotReport =
  | { readonly begun: true }
  | { readonly result: unknown }
  | { readonly failure: FailureData };

const { parentPort, workerData } = systemModule("node:worker_threads");

post(await reportOf(workerData as OneShotOrder));

async function reportOf({ input, module, run }: OneShotOrder): Promise<OneShotReport> {
  try {
    const { [run]: act } = (await import(module)) as Record<string, (input: unknown) => unknown>;
    if (act === undefined) throw new TypeError(`bug: "${module}" exports no "${run}"`);
    post({ begun: true });
    return { result: await act(input) };
  } catch (error) {
    return { failure: encodeFailure(error) };
  }
}

function post(report: OneShotReport): void {
  parentPort?.postMessage(report);
}
