// Removes the empty folders of a torrent, never the root, never through a link.

import { dirname, join } from "node:path";
import type { Disk } from "@troupe/actor-runtime";
import { refusalFrom } from "../refusals.ts";

/** @returns The folders of these paths below a root, deepest first. */
export function foldersBelow(root: string, paths: Iterable<readonly string[]>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let depth = path.length - 1; depth > 0; depth -= 1) {
      folders.add(join(root, ...path.slice(0, depth)));
    }
  }
  return [...folders].toSorted((one, other) => other.length - one.length);
}

/** Other contents refuse; a link is no folder of ours. */
export function removeIfEmpty(disk: Disk, root: string, folder: string): void {
  try {
    for (let above = folder; above !== root; above = dirname(above)) {
      if (disk.stat(above)?.kind !== "folder") return;
    }
    disk.remove(folder);
  } catch (error) {
    // ENOTEMPTY, EACCES …: the folder stays.
    refusalFrom(error, "remove", folder);
  }
}
