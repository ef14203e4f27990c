import type { BigIntStats } from "node:fs";
import { systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, fdatasyncSync, fstatSync, openSync } = systemModule("node:fs");

/** Absent on Windows, which checks for links before. */
export const noFollow = constants.O_NOFOLLOW as number | undefined;

/** Opens a FIFO without waiting for its other end. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Opens a file; anything else is closed without blocking. */
export function openRegularFile(
  path: string,
  flags: number,
): { readonly file: number; readonly found: BigIntStats } {
  const file = openSync(path, flags | nonBlocking, 0o666);
  try {
    return { file, found: statRegularFile(path, file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** fdatasync of the file at `path`. @returns Its metadata afterwards. */
export function syncFile(path: string): BigIntStats {
  // Windows flushes only writable files.
  const access = noFollow === undefined ? constants.O_RDWR : constants.O_RDONLY | noFollow;
  const file = openSync(path, access | nonBlocking);
  try {
    fdatasyncSync(file);
    return statRegularFile(path, file);
  } finally {
    closeSync(file);
  }
}

function statRegularFile(path: string, file: number): BigIntStats {
  const found = fstatSync(file, { bigint: true });
  if (found.isFile()) return found;
  if (found.isDirectory()) throw systemError("EISDIR", `cannot open "${path}": it is a folder`);
  throw systemError("EFTYPE", `cannot open "${path}": it is neither a file nor a folder`);
}
