// Compares large files without holding them.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const chunkBytes = 4 << 20;

/** Whether two files have the same bytes. */
export function filesAreEqual(one: string, other: string): boolean {
  const files = [openSync(one, "r"), openSync(other, "r")] as const;
  try {
    // Small for small files, of which there may be thousands; one byte more than the file has, to see a longer one.
    const bufferBytes = Math.min(chunkBytes, fstatSync(files[0]).size + 1);
    const chunks = [Buffer.alloc(bufferBytes), Buffer.alloc(bufferBytes)] as const;
    for (;;) {
      const [lengthBytes, otherLengthBytes] = [
        readSync(files[0], chunks[0]),
        readSync(files[1], chunks[1]),
      ];
      if (lengthBytes !== otherLengthBytes) return false;
      if (lengthBytes === 0) return true;
      if (chunks[0].compare(chunks[1], 0, lengthBytes, 0, lengthBytes) !== 0) return false;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}
