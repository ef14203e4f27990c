// Replaces a file so that a crash at any moment leaves the old one or the new one, never a part.

import { dirname, join } from "node:path";

import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, fsyncSync, openSync, renameSync, unlinkSync, writeSync } =
  systemModule("node:fs");

/**
 * Writes `bytes` to a new file beside `path`, syncs it, renames it over `path`, syncs the folder.
 * @throws Node's system errors; the temporary file is then removed and `path` is as it was.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  // A name of its own, not one made from the file's: that may already have the greatest length.
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
    // It was never made, or the disk is gone: the first error is the one to report.
  }
}

/** Makes names in a folder durable. Systems that cannot sync a folder (Windows) order renames by themselves. */
export function syncFolder(folder: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(folder, constants.O_RDONLY);
    fsyncSync(descriptor);
  } catch {
    // What has the names is whole in either case.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
