// Opening what must be a file: nothing else is waited for.

import { systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

const { closeSync, constants, fdatasyncSync, fstatSync, openSync } = systemModule("node:fs");

/** Absent on Windows: there a link is looked for before the file is opened. */
export const noFollow = constants.O_NOFOLLOW as number | undefined;

/** Keeps the open of a FIFO from waiting for its other end. It changes nothing for a file. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** Opens what must turn out to be a file; anything else is closed again without having blocked. */
export function openRegularFile(path: string, flags: number): number {
  const file = openSync(path, flags | nonBlocking, 0o666);
  const found = fstatSync(file);
  if (found.isFile()) return file;
  closeSync(file);
  if (found.isDirectory()) throw systemError("EISDIR", `cannot open "${path}": it is a folder`);
  throw systemError("EFTYPE", `cannot open "${path}": it is neither a file nor a folder`);
}

/** fdatasync of the file at `path`, through a descriptor of its own. */
export function syncFile(path: string): void {
  // Windows flushes only what may be written to; elsewhere a file may be read-only.
  const access = noFollow === undefined ? constants.O_RDWR : constants.O_RDONLY | noFollow;
  const file = openRegularFile(path, access);
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}
