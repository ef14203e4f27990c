import type { BigIntStats } from "node:fs";
import type { FileStat } from "../../ports/disk.ts";

/** The metadata that the port has, of those that Node gives. */
export function fileStat(found: BigIntStats): FileStat {
  return {
    kind: kindOf(found),
    lengthBytes: Number(found.size),
    device: found.dev,
    inode: found.ino,
    mtimeNs: found.mtimeNs,
    ctimeNs: found.ctimeNs,
    linkCount: Number(found.nlink),
    mode: Number(found.mode & 0o777n),
  };
}

function kindOf(found: BigIntStats): FileStat["kind"] {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  if (found.isSymbolicLink()) return "link";
  return "other";
}
