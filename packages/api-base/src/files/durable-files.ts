// Writes of files and names that are on the disk when they return.

import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { codeOf } from "@troupe/actor-runtime";

/**
 * @param mode Mode of the file, before the process's mask.
 * @throws rejects with a system error, `EEXIST` if the path is taken.
 */
export async function writeDurably(path: string, bytes: Uint8Array, mode = 0o666): Promise<void> {
  await using file = await open(path, "wx", mode);
  await file.writeFile(bytes);
  await file.sync();
}

/** Makes the names in a folder durable, on systems that need it. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, "r");
    await handle.sync();
  } catch {
    // The files are whole in either case.
  }
}

/**
 * Makes a folder and its parents. Node's own way never returns where the system reports `ENOENT` for a folder that exists
 * (procfs, automounted file systems).
 *
 * @throws rejects with a system error, `EEXIST` if the path is no folder.
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
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw error;
  }
}
