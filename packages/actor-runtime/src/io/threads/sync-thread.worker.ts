// The thread of a {@link SyncThread}: syncs the files that it is told, in order. It loads nothing but the system's calls.

import { codeOf } from "../../errors.ts";
import { syncFile } from "../disk/open-regular-file.ts";
import { systemModule } from "../system/system-module.ts";

/** One file has been synced; with a code it has not. */
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
