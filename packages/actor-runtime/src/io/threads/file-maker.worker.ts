// The thread of a file maker: makes what it is told, in order, and says so. It loads nothing but the system's calls.

import { makeFiles } from "./make-files.ts";
import { systemModule } from "../system/system-module.ts";

const { parentPort } = systemModule("node:worker_threads");

parentPort?.on("message", (paths: readonly string[]) => {
  parentPort.postMessage(makeFiles(paths));
});
