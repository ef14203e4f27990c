// Runs a disk function for each message and posts the result. An odd count in shared memory means that a disk call is
// under way.

import type { Disk } from "../../ports/disk.ts";
import { encodeFailure, type FailureData } from "../../failure.ts";
import { nodeDisk } from "../disk/node-disk.ts";
import { countedDisk } from "../../actor/wrap-disk.ts";
import { systemModule } from "../system/system-module.ts";

/** The thread's `workerData`. */
export interface DiskThreadOrder {
  readonly module: string;
  /** 4 bytes: calls begun plus calls ended, written by the thread. */
  readonly calls: SharedArrayBuffer;
}

/** Answers keep the order of messages. */
export type DiskThreadReport = { readonly output: unknown } | { readonly failure: FailureData };

const { parentPort, workerData } = systemModule("node:worker_threads");
const { module, calls } = workerData as DiskThreadOrder;
const disk = countedDisk(nodeDisk, new Int32Array(calls));
const loaded = import(module) as Promise<{ run: (disk: Disk, input: unknown) => unknown }>;

parentPort?.on("message", (input: unknown) => {
  void reportOf(input).then((report) => parentPort.postMessage(report));
});

async function reportOf(input: unknown): Promise<DiskThreadReport> {
  try {
    const { run } = await loaded;
    return { output: run(disk, input) };
  } catch (error) {
    return { failure: encodeFailure(error) };
  }
}
