// Syncs files in order. Loads only system modules.

import { codeOf } from "../../errors.ts";
import { syncFile } from "../disk/open-regular-file.ts";
import { systemModule } from "../system/system-module.ts";

/** The end of a sync; failed if it has a code. */
export interface SyncReport {
  readonly code?: string;
  readonly message?: string;
}

const { parentPort } = systemModule("node:worker_threads");

parentPort?.on("message", (path: string) => parentPort.postMessage(reportOf(path)));

function reportOf(path: string): SyncReport {
  try {
    syncFile(path);
    return {};
  } catch (error) {
    return { code: codeOf(error) ?? "EIO", message: String(error) };
  }
}
