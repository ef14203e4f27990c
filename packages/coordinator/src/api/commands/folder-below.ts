// The folders that callers elsewhere may name: their roots and folders below them, with links resolved.

import { isAbsolute, join, resolve } from "node:path";
import {
  isWithin,
  pathLinks,
  realPathOf,
  type LinkDisk,
  type PathLinks,
} from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { cleanText } from "@troupe/protocol/text";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";
import type { FolderBelow } from "./stranger-rules.ts";

/** Longer paths are refused; Linux has none. */
const longestPath = 4_096;
const longestShown = 200;
/** Looks at a disk at once; further ones wait. Each takes a thread of the system's pool until the disk answers. */
const looksAtOnce = 4;

/**
 * Makes the function that finds folders below roots. A relative path begins at the first root. A path that leads elsewhere
 * by its text is refused before the disk is touched: the disk of another folder may not answer. Callers share the question about
 * a path: a caller that asks again and again about a disk that hangs would take all threads of the system's pool.
 */
export function folderBelowRoots(system: LinkDisk): FolderBelow {
  const limit = new ConcurrencyLimit(looksAtOnce);
  const links = pathLinks({
    lstat: shared((path) => limit.run(() => system.lstat(path))),
    realpath: shared((path) => limit.run(() => system.realpath(path))),
  });
  return async (path, roots) => {
    const named = namedFolder(path, roots);
    const real = await realPathOf(named, links);
    const known = real.kind === "found" ? real.path : real.prefix;
    // Faults of paths elsewhere would tell a caller what is there.
    if (known === undefined || !(await isBelow(known, roots, links)))
      throw outside(path, roots, "leads elsewhere");
    if (real.kind === "found") return real.path;
    const message = `cannot resolve the path ${shown(path)}: ${real.fault}`;
    throw new TroupeError("path-not-resolved", message, { details: { path } });
  };
}

/** @throws TroupeError `not-permitted` for a path that is not below a root by its text. */
function namedFolder(path: string, roots: readonly string[]): string {
  const [first] = roots;
  if (first === undefined) throw outside(path, roots, "leads elsewhere");
  // A link before `..` leads elsewhere than the text says.
  const isPlain =
    path.length <= longestPath && !path.includes("\0") && !path.split(/[/\\]/).includes("..");
  if (!isPlain)
    throw outside(path, roots, `has "..", a zero byte or more than ${longestPath} characters`);
  const named = isAbsolute(path) ? resolve(path) : resolve(join(first, path));
  if (!roots.some((root) => isWithin(named, resolve(root))))
    throw outside(path, roots, "leads elsewhere");
  return named;
}

async function isBelow(real: string, roots: readonly string[], links: PathLinks): Promise<boolean> {
  for (const root of roots) {
    const folder = await realPathOf(resolve(root), links);
    if (folder.kind === "found" && isWithin(real, folder.path)) return true;
  }
  return false;
}

function outside(path: string, roots: readonly string[], fault: string): TroupeError {
  const allowed =
    roots.length === 0 ? "the caller has no roots" : `allowed are paths below ${roots.join(", ")}`;
  const message = `cannot use the path ${shown(path)}: it ${fault}; ${allowed}`;
  const details = { path: path.slice(0, longestPath), roots, needed: "local" };
  return new TroupeError("not-permitted", message, { details });
}

function shown(path: string): string {
  return JSON.stringify(cleanText(path, longestShown));
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
