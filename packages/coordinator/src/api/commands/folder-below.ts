// Folders below roots, with links resolved.

import { basename, dirname, join, resolve, sep } from "node:path";
import { codeOf } from "@troupe/actor-runtime";
import { spelled, TroupeError } from "@troupe/control";
import type { FolderBelow } from "./stranger-rules.ts";

/** The disk, as `node:fs/promises` has it. */
interface LinkDisk {
  /** @throws rejects with `ENOENT` for a path that leads to nothing. */
  realpath(path: string): Promise<string>;
  /** @throws rejects with `ENOENT` where nothing has the path, not even a link. */
  lstat(path: string): Promise<unknown>;
}

/**
 * Makes the function that finds folders below roots. A relative path begins at the first root. Callers share the question
 * about a path: a caller that asks again and again about a disk that hangs would take all threads of the system's pool.
 */
export function folderBelowRoots(system: LinkDisk): FolderBelow {
  const disk: LinkDisk = {
    lstat: shared((path) => system.lstat(path)),
    realpath: shared((path) => system.realpath(path)),
  };
  return async (path, roots) => {
    const [first] = roots;
    if (first === undefined) throw outside(path, roots);
    const found = await realPathOf(disk, resolve(first, path));
    for (const root of roots) {
      const real = await realPathOf(disk, root);
      if (found === real || found.startsWith(real.endsWith(sep) ? real : `${real}${sep}`))
        return found;
    }
    throw outside(path, roots);
  };
}

/** The real path of a folder that may not be there yet: its end is that of the path. A link to nothing is refused. */
async function realPathOf(disk: LinkDisk, path: string): Promise<string> {
  try {
    return await disk.realpath(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    if (await isThere(disk, path)) throw error;
    return join(await realPathOf(disk, dirname(path)), basename(path));
  }
}

async function isThere(disk: LinkDisk, path: string): Promise<boolean> {
  try {
    await disk.lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Calls for the same path share an answer that has not come yet. */
function shared<Answer>(ask: (path: string) => Promise<Answer>): (path: string) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (path) => {
    const answer = asked.get(path) ?? ask(path).finally(() => asked.delete(path));
    asked.set(path, answer);
    return answer;
  };
}

function outside(path: string, roots: readonly string[]): TroupeError {
  const allowed =
    roots.length === 0 ? "the caller has no roots" : `allowed are folders in ${roots.join(", ")}`;
  const message = `the folder ${spelled(path)} needs the right local: ${allowed}`;
  return new TroupeError("not-permitted", message, { details: { path, roots, needed: "local" } });
}
