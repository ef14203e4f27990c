// File reads only, so that a check thread loads nothing else of the runtime.

import type { CheckDisk } from "./check-run.ts";

const { closeSync, constants, fstatSync, openSync, readvSync } =
  process.getBuiltinModule("node:fs");

/** No link as the last component, no wait at a FIFO. Windows has neither flag. */
const openFlags: number =
  constants.O_RDONLY |
  ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
  ((constants.O_NONBLOCK as number | undefined) ?? 0);

/** Synchronous. Opens anything; see `statFile`. */
export const readOnlyDisk: CheckDisk = {
  open: (path) => openSync(path, openFlags),
  close: closeSync,
  read(file, views, position) {
    let done = 0;
    for (const view of views) {
      let at = 0;
      while (at < view.byteLength) {
        const got = readvSync(file, [view.subarray(at)], position + done);
        if (got === 0) return done;
        at += got;
        done += got;
      }
    }
    return done;
  },
  statFile(file) {
    const found = fstatSync(file);
    return {
      kind: found.isFile() ? "file" : found.isDirectory() ? "folder" : "other",
      lengthBytes: found.size,
    };
  },
};
