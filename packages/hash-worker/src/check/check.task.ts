// Loads only file functions and the hash.

import { checkRun, type CheckedRun, type CheckRun, type PieceHasher } from "./check-run.ts";
import { readOnlyDisk } from "./read-only-disk.ts";

const { createHash, hash } = process.getBuiltinModule("node:crypto");

const hasher: PieceHasher = {
  digest: (bytes) => hash("sha1", bytes, "buffer"),
  begin: () => createHash("sha1"),
};

/** 1 MiB stays in the processor's cache between the read and the hash. */
const buffer = new Uint8Array(1024 * 1024);

/** Checks a run on disk. */
export function runTask(run: CheckRun): CheckedRun {
  return checkRun(readOnlyDisk, hasher, run, buffer);
}
