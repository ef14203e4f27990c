// Paths with all their links resolved, also of entries that are not there yet.

import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { codeOf } from "../../errors.ts";

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

/** The disk, as `node:fs/promises` has it. */
export interface LinkDisk {
  /** @throws rejects with `ENOENT` for a path that leads to nothing. */
  realpath(path: string): Promise<string>;
  /** @throws rejects with `ENOENT` where nothing has the path, not even a link. */
  lstat(path: string): Promise<unknown>;
}

/** A path without links; or the fault, as the end of a sentence, and the longest part of the path that has none. */
type RealPath =
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "fault"; readonly fault: string; readonly prefix: string | undefined };

/** Looks at paths by `node:fs/promises`. */
export function pathLinks(disk: LinkDisk): PathLinks {
  const orMissing = async <Result>(result: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await result;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  };
  return {
    realPath: async (path) => await orMissing(disk.realpath(path)),
    // The real path is missing: an entry that is there all the same is a link to nothing.
    isLink: async (path) => (await orMissing(disk.lstat(path))) !== undefined,
  };
}

/** Resolves the links of the entries that exist; up to 64 others follow as they are. @param path Absolute. */
export async function realPathOf(path: string, links: PathLinks): Promise<RealPath> {
  const result = await resolved(path, links);
  if (typeof result !== "string") return { kind: "found", path: result.path };
  return { kind: "fault", fault: result, prefix: await existingPrefix(path, links) };
}

/** Whether a path is a folder or below it, by their texts. Both are absolute. */
export function isWithin(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return rest === "" || (rest !== ".." && !rest.startsWith(`..${sep}`) && !isAbsolute(rest));
}

/** @returns The path, or the fault. */
async function resolved(
  path: string,
  links: PathLinks,
): Promise<{ readonly path: string } | string> {
  const missing: string[] = [];
  try {
    for (let existing = path; ; existing = dirname(existing)) {
      const real = await links.realPath(existing);
      if (real !== undefined) return { path: join(real, ...missing) };
      // A link to a missing entry: a file made there would lie where it points.
      if (await links.isLink(existing)) return "an entry of it is a link to nothing";
      if (dirname(existing) === existing) return "nothing of it exists";
      missing.unshift(basename(existing));
      if (missing.length > mostMissing)
        return `more than ${mostMissing} of its entries are missing`;
    }
  } catch (error) {
    return codeOf(error) ?? "the system refused";
  }
}

async function existingPrefix(path: string, links: PathLinks): Promise<string | undefined> {
  let prefix = path;
  // Twice the entries that may be missing: a path with more of them has no prefix.
  for (let step = 0; step <= 2 * mostMissing; step++) {
    const real = await links.realPath(prefix).catch(() => undefined);
    if (real !== undefined) return real;
    prefix = dirname(prefix);
  }
  return undefined;
}
