// The files below a folder.

import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** Paths of all files below `folder`, relative to it, sorted; without the locks of jobs that run. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/^\.troupe\/[\da-f]{40}\.lock$/.test(path))
    .toSorted();
}
