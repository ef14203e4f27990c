// Syncs files in order. Loads only system modules.

import { codeOf } from "../../errors.ts";
import type { FileStat } from "../../ports/disk.ts";
import { fileStat } from "../disk/file-stat.ts";
import { syncFile } from "../disk/open-regular-file.ts";
import { systemModule } from "../system/system-module.ts";

/** The end of a sync. */
export type SyncReport =
  | { readonly found: FileStat }
  | { readonly code: string; readonly message: string };

const { parentPort } = systemModule("node:worker_threads");

parentPort?.on("message", (path: string) => parentPort.postMessage(reportOf(path)));

function reportOf(path: string): SyncReport {
  try {
    return { found: fileStat(syncFile(path)) };
  } catch (error) {
    return { code: codeOf(error) ?? "EIO", message: String(error) };
  }
}
