// New files and names that are on the disk before anything else is done with them.

import { open } from "node:fs/promises";

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
