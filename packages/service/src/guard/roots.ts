// Folders that callers may name paths in.

import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/** Longer paths are refused; Linux has none. */
const longestPath = 4_096;
const shownLength = 200;
/** Entries at the end of a path that may be missing. */
const mostMissing = 64;

/** Looks at paths. Errors other than a missing entry are thrown, with the system's code. */
export interface PathLinks {
  /**
   * Resolves all links, by `fs.promises.realpath` or `fs.realpath.native`: the system follows them in one call. The plain
   * `fs.realpath` and `fs.realpathSync` follow link after link by themselves, and see changes in between.
   * @returns Undefined where an entry of the path is missing.
   */
  realPath(path: string): Promise<string | undefined>;
  /** Whether the last entry is a link, resolved or not. */
  isLink(path: string): Promise<boolean>;
}

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
  const root = await resolveLinks(resolve(folder), links);
  if (isRefusal(root)) return root;
  if (dirname(root) === root) return rootNotAllowed(folder, "it is the whole file system");
  for (const { name, path, holdsNoRoot } of guardedPaths(guarded)) {
    const named = resolve(path);
    const real = await resolveLinks(named, links);
    if (isRefusal(real)) return real;
    // A caller could replace a link below the root.
    if (isWithin(real, root) || isWithin(named, root))
      return rootNotAllowed(folder, `it holds ${name} ${path}`);
    if (holdsNoRoot && isWithin(root, real))
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

/**
 * Resolves a path of a caller. The entries at its end may be missing.
 * @param path Absolute, or below the first root.
 * @param roots At least one.
 * @returns The path with all links resolved, which the caller of this function must use from then on; else a refusal.
 */
export async function resolveBelowRoots(
  path: string,
  roots: readonly Root[],
  links: PathLinks,
): Promise<string | Refusal> {
  // A link before `..` leads elsewhere than the text says.
  const isPlain = path.length <= longestPath && !path.includes("\0") && !hasParentPart(path);
  if (!isPlain)
    return outside(path, roots, `has "..", a zero byte or more than ${longestPath} characters`);
  const [first = sep] = roots;
  const named = isAbsolute(path) ? resolve(path) : join(first, path);
  const real = await resolveLinks(named, links);
  // Faults of paths elsewhere would tell a caller what is there.
  const known = isRefusal(real) ? await existingPrefix(named, links) : real;
  if (known !== undefined && roots.some((root) => isWithin(known, root))) return real;
  return outside(path, roots, "leads elsewhere");
}

/** @returns The longest part of a path that the system resolves, with all links resolved. */
async function existingPrefix(path: string, links: PathLinks): Promise<string | undefined> {
  let prefix = path;
  // Twice the entries that may be missing: a path with more of them is refused as one that leads elsewhere.
  for (let step = 0; step <= 2 * mostMissing; step++) {
    const real = await links.realPath(prefix).catch(() => undefined);
    if (real !== undefined) return real;
    prefix = dirname(prefix);
  }
  return undefined;
}

/** Resolves the links of the entries that exist; the others follow as they are. */
async function resolveLinks(path: string, links: PathLinks): Promise<string | Refusal> {
  const missing: string[] = [];
  try {
    for (let existing = path; ; existing = dirname(existing)) {
      const real = await links.realPath(existing);
      if (real !== undefined) return join(real, ...missing);
      // A link to a missing entry: a file made there would lie where it points.
      if (await links.isLink(existing))
        return notResolved(path, `${shown(existing)} is a link to nothing`);
      if (dirname(existing) === existing) return notResolved(path, "nothing of it exists");
      missing.unshift(basename(existing));
      if (missing.length > mostMissing)
        return notResolved(path, `more than ${mostMissing} of its entries are missing`);
    }
  } catch (error) {
    return notResolved(path, (error as { readonly code?: string }).code ?? "the system refused");
  }
}

function isWithin(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
}

function hasParentPart(path: string): boolean {
  return path.split(/[/\\]/).includes("..");
}

function outside(path: string, roots: readonly Root[], fault: string): Refusal {
  const message = `cannot use the path ${shown(path)}: it ${fault}; allowed are paths below ${roots.join(", ")}`;
  return refuse(403, "path-outside-roots", message);
}

function rootNotAllowed(folder: string, fault: string): Refusal {
  const message = `cannot use ${shown(folder)} as a root: ${fault}; allowed is a folder beside it, such as one for downloads`;
  return refuse(400, "root-not-allowed", message);
}

function notResolved(path: string, fault: string): Refusal {
  return refuse(400, "path-not-resolved", `cannot resolve the path ${shown(path)}: ${fault}`);
}

function shown(path: string): string {
  return JSON.stringify(cleanText(path, shownLength));
}
