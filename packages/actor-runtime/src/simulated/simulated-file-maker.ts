// A maker of files without a thread: what it is told is done at once, and said later.

import type { FileMaker } from "../ports/disk-threads.ts";
import type { Disk } from "../ports/disk.ts";

/** How long it takes until the files are said to be there. */
const makingMs = 1;

/** @param later Runs a task in virtual time. */
export function simulatedFileMaker(
  disk: Disk,
  later: (delayMs: number, task: () => void) => void,
): FileMaker {
  let isClosed = false;
  return {
    make(paths, done) {
      const made = [...paths.keys()].filter((place) => makeFile(disk, paths[place] ?? ""));
      later(makingMs, () => {
        if (!isClosed) done(made);
      });
    },
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

function makeFile(disk: Disk, path: string): boolean {
  try {
    if (disk.stat(path) !== undefined) return false;
    disk.close(disk.open(path, "create"));
    return true;
  } catch {
    // Whoever opens it to write hears why.
    return false;
  }
}
