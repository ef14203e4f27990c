import type { FileMaker } from "../ports/disk-threads.ts";
import type { Disk } from "../ports/disk.ts";

const makingMs = 1;

/** Works at once and answers later. @param later Runs a task in virtual time. */
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
    return false;
  }
}
