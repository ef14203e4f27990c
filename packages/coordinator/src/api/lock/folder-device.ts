// A look at a folder in the thread of a lock keeper, which spares the engine a thread for the same look
// (disk/look-at-folders.ts of actor-runtime).

const { statfsSync, statSync } = process.getBuiltinModule("node:fs");
const { dirname } = process.getBuiltinModule("node:path");

/** @returns The device of the folder, or of its nearest parent that can be reached. */
export function deviceOf(folder: string): bigint {
  try {
    // The start of a torrent makes this call too: a disk that hangs must hang here.
    statfsSync(folder);
    return statSync(folder, { bigint: true }).dev;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? 0n : deviceOf(parent);
  }
}
