// Runs in a thread that may be abandoned: each of these calls may never return.

import { dirname } from "node:path";
import { systemModule } from "../system/system-module.ts";

const { realpathSync, statfsSync, statSync } = systemModule("node:fs");

/** Folders to look at, and shared memory for the result. */
export interface LookOrder {
  readonly folders: readonly string[];
  /** `lookBytes(folders.length)` bytes: number of folders done, then the device of each. */
  readonly memory: SharedArrayBuffer;
}

const devicesAt = 8;

/** @returns Bytes of shared memory. */
export function lookBytes(folders: number): number {
  return devicesAt + 8 * folders;
}

/** @returns The folders done, and their devices. */
export function lookResult(memory: SharedArrayBuffer): {
  count: Int32Array;
  devices: BigUint64Array;
} {
  return { count: new Int32Array(memory, 0, 1), devices: new BigUint64Array(memory, devicesAt) };
}

/** Looks at the folders in order. After a timeout the count shows the hung folder. */
export function lookAtFolders({ folders, memory }: LookOrder): void {
  const { count, devices } = lookResult(memory);
  for (const [index, folder] of folders.entries()) {
    devices[index] = deviceOf(folder);
    Atomics.store(count, 0, index + 1);
  }
}

/** The device of the nearest reachable folder. */
function deviceOf(folder: string): bigint {
  try {
    const path = realpathSync.native(folder);
    // A torrent's start makes this call later: a hung disk shall hang here.
    statfsSync(path);
    return statSync(path, { bigint: true }).dev;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? 0n : deviceOf(parent);
  }
}
