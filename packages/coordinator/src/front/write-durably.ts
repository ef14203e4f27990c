// A new file that is on the disk before anything else is done with it.

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
