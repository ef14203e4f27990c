// New files and names that are on the disk before anything else is done with them.

import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "@troupe/actor-runtime";

/**
 * @param mode Of the file, before the process's mask.
 * @throws rejects with a system error, `EEXIST` when there is anything at this path.
 */
export async function writeDurably(path: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
  await using file = await open(path, "wx", mode);
  await file.writeFile(bytes);
  await file.sync();
}

/** Makes what was made, renamed and removed in a folder durable. Systems that cannot do so order it by themselves. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, "r");
    await handle.sync();
  } catch {
    // The files are whole in either case.
  }
}

/**
 * Makes a folder and those above it. Node's own way tries for ever where the system says `ENOENT` although the folder
 * above is there (procfs, automounted file systems).
 *
 * @throws rejects with a system error, `EEXIST` when something that is no folder has its name.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  try {
    await makeOneFolder(path, mode);
  } catch (error) {
    const above = dirname(path);
    if (codeOf(error) !== "ENOENT" || above === path) throw error;
    await makeFolder(above, mode);
    await makeOneFolder(path, mode);
  }
}

async function makeOneFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
