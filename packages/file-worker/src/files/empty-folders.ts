// The folders of a torrent: removed when they are empty, never the root, never through a link.

import { dirname, join } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import { refusalFrom } from "../refusals.ts";

/** @returns The folders below a root that these paths lead through, the deepest first. */
export function foldersBelow(root: string, paths: Iterable<readonly string[]>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let depth = path.length - 1; depth > 0; depth -= 1) {
      folders.add(join(root, ...path.slice(0, depth)));
    }
  }
  return [...folders].toSorted((one, other) => other.length - one.length);
}

/** A folder that holds anything else refuses, and that is well; a link is no folder of ours. */
export function removeIfEmpty(disk: Disk, root: string, folder: string): void {
  try {
    for (let above = folder; above !== root; above = dirname(above)) {
      if (disk.stat(above)?.kind !== "folder") return;
    }
    disk.remove(folder);
  } catch (error) {
    // ENOTEMPTY, EACCES …: it stays. What is not the system's word is thrown.
    refusalFrom(error, "remove", folder);
  }
}
