import { dirname, join } from "node:path";

import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } =
  systemModule("node:fs");

/**
 * Replaces `path` by a new synced file: a crash leaves the old or the new file, never a part.
 * @throws Node's system errors; `path` is then unchanged and the temporary file removed.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  // The file's own name may already have the maximum length.
  const temporary = join(
    folder,
    `.${systemModule("node:crypto").randomBytes(8).toString("hex")}.tmp`,
  );
  try {
    writeAndSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw error;
  }
  syncFolder(folder);
}

function writeAndSync(path: string, bytes: Uint8Array): void {
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o666);
  try {
    let done = 0;
    while (done < bytes.byteLength) {
      done += writeSync(file, bytes, done, bytes.byteLength - done, done);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Report the first error.
  }
}

/** Makes names durable. Systems that cannot sync a folder (Windows) order renames themselves. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, constants.O_RDONLY);
    fsyncSync(descriptor);
  } catch {
    // The files are whole in either case.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
