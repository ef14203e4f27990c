// A first look at a folder for the thread of a lock keeper, so that the engine needs no thread for the same look
// (disk/look-at-folders.ts of actor-runtime).

const { statfsSync, statSync } = process.getBuiltinModule("node:fs");
const { dirname } = process.getBuiltinModule("node:path");

/** @returns The device of the folder, or of the nearest folder above it that can be reached. */
export function deviceOf(folder: string): bigint {
  try {
    // What a torrent's start asks the disk later: a disk that hangs shall do it here.
    statfsSync(folder);
    return statSync(folder, { bigint: true }).dev;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? 0n : deviceOf(parent);
  }
}
