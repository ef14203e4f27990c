// Loads only file functions, the hash and the comparison with the hashes of pieces.

import type { Soon } from "@troupe/actor-runtime";
import { checkRun, type CheckedRun, type CheckRun } from "./check-run.ts";
import { readOnlyDisk } from "./read-only-disk.ts";
import { folderSource } from "./run-reader.ts";

const { createHash } = process.getBuiltinModule("node:crypto");

/** 1 MiB stays in the processor's cache between the read and the hash. */
const buffer = new Uint8Array(1024 * 1024);

/** Opened once for the thread. */
const source = folderSource(readOnlyDisk);

/** Checks a run on disk. */
export function runTask(run: CheckRun): Soon<CheckedRun> {
  return checkRun(source, () => createHash("sha1"), run, buffer);
}
