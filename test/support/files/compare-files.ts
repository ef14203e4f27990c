// Compares files without our own reading and hashing, which could hide a mistake of our own writing.

import { open } from "node:fs/promises";
import { join } from "node:path";

const blockBytes = 1 << 20;

/**
 * Compares the files of two folders byte by byte.
 *
 * @param paths Relative to each folder.
 * @returns The first difference as a sentence; undefined if all files are equal.
 * @throws rejects when a file cannot be read.
 */
export async function firstDifference(
  folders: readonly [string, string],
  paths: readonly string[],
): Promise<string | undefined> {
  const blocks = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
  for (const path of paths) {
    await using first = await open(join(folders[0], path));
    await using second = await open(join(folders[1], path));
    let at = 0;
    for (let length = -1; length !== 0; at += length) {
      ({ bytesRead: length } = await first.read(blocks[0], 0, blockBytes, at));
      const { bytesRead } = await second.read(blocks[1], 0, blockBytes, at);
      if (!blocks[0].subarray(0, length).equals(blocks[1].subarray(0, bytesRead))) {
        return `${path} differs in the ${blockBytes} bytes from byte ${at}`;
      }
    }
  }
  return undefined;
}
