// Folders that callers may name paths in: the commands resolve a path below one of them.

import { dirname, resolve } from "node:path";
import { isWithin, realPathOf, type PathLinks } from "@troupe/actor-runtime";
import { refuse, type Refusal } from "./refusal.ts";
import { shownText } from "./shown-text.ts";

const shownLength = 200;

/** Paths that a root must not hold. */
export interface GuardedPaths {
  readonly homeFolders: readonly string[];
  readonly stateFolder: string;
  readonly settingsFile: string | undefined;
}

/** A folder below which paths are allowed: absolute, its links resolved. */
export type Root = string & { readonly root: unique symbol };

/** A path that a root must not hold. */
interface GuardedPath {
  readonly name: string;
  readonly path: string;
  /** It must not hold a root either. */
  readonly holdsNoRoot: boolean;
}

/** Checks a root at the start. @returns The root, or the refusal `root-not-allowed`. */
export async function openRoot(
  folder: string,
  guarded: GuardedPaths,
  links: PathLinks,
): Promise<Root | Refusal> {
  const found = await realPathOf(resolve(folder), links);
  if (found.kind === "fault") return notResolved(folder, found.fault);
  const root = found.path;
  if (dirname(root) === root) return rootNotAllowed(folder, "it is the whole file system");
  for (const { name, path, holdsNoRoot } of guardedPaths(guarded)) {
    const named = resolve(path);
    const real = await realPathOf(named, links);
    if (real.kind === "fault") return notResolved(path, real.fault);
    // A caller could replace a link below the root.
    if (isWithin(real.path, root) || isWithin(named, root))
      return rootNotAllowed(folder, `it holds ${name} ${path}`);
    if (holdsNoRoot && isWithin(root, real.path))
      return rootNotAllowed(folder, `it lies in ${name} ${path}`);
  }
  return root as Root;
}

function guardedPaths({ homeFolders, stateFolder, settingsFile }: GuardedPaths): GuardedPath[] {
  const paths: GuardedPath[] = homeFolders.map((path) => ({
    name: "the home folder",
    path,
    holdsNoRoot: false,
  }));
  paths.push({ name: "the state folder", path: stateFolder, holdsNoRoot: true });
  if (settingsFile !== undefined)
    paths.push({ name: "the settings file", path: settingsFile, holdsNoRoot: false });
  return paths;
}

function rootNotAllowed(folder: string, fault: string): Refusal {
  const message = `cannot use ${shownText(folder, shownLength)} as a root: ${fault}; allowed is a folder beside it, such as one for downloads`;
  return refuse(400, "root-not-allowed", message);
}

function notResolved(path: string, fault: string): Refusal {
  return refuse(
    400,
    "path-not-resolved",
    `cannot resolve the path ${shownText(path, shownLength)}: ${fault}`,
  );
}
