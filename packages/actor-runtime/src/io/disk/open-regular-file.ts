import { systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, fdatasyncSync, fstatSync, openSync } = systemModule("node:fs");

/** Absent on Windows, where the link check comes before the open. */
export const noFollow = constants.O_NOFOLLOW as number | undefined;

/** Keeps the open of a FIFO from waiting for its other end; no effect on files. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Opens a regular file; anything else is closed without blocking. */
export function openRegularFile(path: string, flags: number): number {
  const file = openSync(path, flags | nonBlocking, 0o666);
  const found = fstatSync(file);
  if (found.isFile()) return file;
  closeSync(file);
  if (found.isDirectory()) throw systemError("EISDIR", `cannot open "${path}": it is a folder`);
  throw systemError("EFTYPE", `cannot open "${path}": it is neither a file nor a folder`);
}

/** fdatasync of the file at `path`. */
export function syncFile(path: string): void {
  // Windows can flush only writable files; elsewhere a file may be read-only.
  const access = noFollow === undefined ? constants.O_RDWR : constants.O_RDONLY | noFollow;
  const file = openRegularFile(path, access);
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
