// Creates files and posts the result. Loads only system modules.

import { makeFiles } from "./make-files.ts";
import { systemModule } from "../system/system-module.ts";

const { parentPort } = systemModule("node:worker_threads");

parentPort?.on("message", (paths: readonly string[]) => {
  parentPort.postMessage(makeFiles(paths));
});
