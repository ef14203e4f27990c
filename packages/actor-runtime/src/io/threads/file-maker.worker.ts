// The thread of a file maker: creates files in order and posts the result. Loads only system modules.

import { makeFiles } from "./make-files.ts";
import { systemModule } from "../system/system-module.ts";

const { parentPort } = systemModule("node:worker_threads");

parentPort?.on("message", (paths: readonly string[]) => {
  parentPort.postMessage(makeFiles(paths));
});
