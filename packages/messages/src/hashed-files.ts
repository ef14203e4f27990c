// Files as they were when their bytes were hashed. Messages between threads keep no small bigints, so they carry bytes:
// five 64-bit words a file, in the order of the fields below; a length of all ones stands for a file without bytes.

import type { FileStat } from "@troupe/actor-runtime";

/** A file as it was when its bytes were hashed. */
export type HashedFile = Pick<FileStat, "ctimeNs" | "device" | "inode" | "lengthBytes" | "mtimeNs">;

/** In the order of the torrent; undefined for padding and links, which have no bytes. */
export type HashedFiles = readonly (HashedFile | undefined)[];

const wordsPerFile = 5;
const noLength = 2n ** 64n - 1n;

/** @returns 40 bytes a file, for a message. */
export function packHashedFiles(files: HashedFiles): Uint8Array {
  const words = new BigUint64Array(files.length * wordsPerFile);
  for (const [at, file] of files.entries()) {
    const length = file === undefined ? noLength : BigInt(file.lengthBytes);
    const { device = 0n, inode = 0n, mtimeNs = 0n, ctimeNs = 0n } = file ?? {};
    words.set([device, inode, length, mtimeNs, ctimeNs], at * wordsPerFile);
  }
  return new Uint8Array(words.buffer);
}

/** Reads the bytes of {@link packHashedFiles}. */
export function unpackHashedFiles(bytes: Uint8Array): HashedFiles {
  // A copy, at an address that words may have.
  const words = new BigUint64Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: words.length / wordsPerFile }, (_, file) => {
    const own = words.subarray(file * wordsPerFile, (file + 1) * wordsPerFile);
    const [device = 0n, inode = 0n, length = noLength, mtimeNs = 0n, ctimeNs = 0n] = own;
    if (length === noLength) return undefined;
    return { device, inode, lengthBytes: Number(length), mtimeNs, ctimeNs };
  });
}
