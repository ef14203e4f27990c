// Puts a found file in the place of a file of the torrent, in one of five ways. A name that exists is never overwritten: each
// way fails on it.

import { constants } from "node:fs";
import { copyFile, link, lstat, mkdir, realpath, rmdir, symlink, unlink } from "node:fs/promises";
import { join } from "node:path";
import { codeOf, systemSentence } from "@troupe/actor-runtime";
import type { LinkedFile } from "@troupe/messages";
import type { Candidate } from "./candidates.ts";
import type { LinkWay } from "./link-ways.ts";
import { isSameContent } from "./read-candidate.ts";

/** Codes of a way that a file system, or a pair of them, does not have. */
const impossibleCodes: ReadonlySet<string> = new Set([
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "ENOTTY",
  "EINVAL",
  "EXDEV",
  "EPERM",
  "EMLINK",
]);

/** The end of an attempt. `impossible`: the file systems do not have this way. */
type LinkEnd =
  | { readonly end: "linked" }
  | { readonly end: "impossible" | "failed"; readonly reason: string };

/** @returns The entry of a link in the record of linked files; undefined for a way that makes a file of the torrent's own. */
export async function recordedLink(
  way: LinkWay,
  { path, facts }: Candidate,
): Promise<LinkedFile | undefined> {
  if (way === "hard") return { way, inode: facts.ino };
  return way === "symlink" ? { way, target: await realpath(path) } : undefined;
}

/** Looks at a path without following a link at its last step. */
export async function lookAt(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * Makes the file with its folders.
 *
 * @param root The data folder, without links. @param path Names below it.
 */
export async function makeLink(
  way: LinkWay,
  candidate: Candidate,
  root: string,
  path: readonly string[],
): Promise<LinkEnd> {
  const target = join(root, ...path);
  const made: string[] = [];
  const end = await tryLink(way, candidate, { root, path, target, made });
  // Folders that nothing came into are taken away again.
  if (end.end !== "linked") for (const folder of made.toReversed()) await removeIfEmpty(folder);
  return end;
}

/** The place of a file, and the folders that were made for it. */
interface Place {
  readonly root: string;
  readonly path: readonly string[];
  readonly target: string;
  readonly made: string[];
}

async function tryLink(way: LinkWay, candidate: Candidate, place: Place): Promise<LinkEnd> {
  try {
    const before = await lookAt(candidate.path);
    if (before === undefined || !isSameContent(candidate.facts, before)) return changed(candidate);
    const refused = await makeFolders(place);
    if (refused !== undefined) return { end: "failed", reason: refused };
    await linkIn[way](candidate.path, place.target);
    return await proveLink(way, candidate, place.target);
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const isImpossible = impossibleCodes.has(code);
    const reason = isImpossible ? impossibleReason(way, code) : systemSentence(error);
    return { end: isImpossible ? "impossible" : "failed", reason };
  }
}

const linkIn: Readonly<Record<LinkWay, (from: string, to: string) => Promise<void>>> = {
  reflink: (from, to) =>
    copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE),
  hard: (from, to) => link(from, to),
  symlink: async (from, to) => symlink(await realpath(from), to),
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_EXCL),
  // A rename would replace what has the name.
  rename: async (from, to) => {
    await link(from, to);
    await unlink(from);
  },
};

function impossibleReason(way: LinkWay, code: string): string {
  const place = code === "EXDEV" ? "it lies on another volume" : "the system refuses it";
  const words: Readonly<Record<LinkWay, string>> = {
    reflink: "reflink",
    hard: "hard link",
    symlink: "symlink",
    copy: "copy",
    rename: "rename without overwriting",
  };
  return `no ${words[way]} can be made: ${place} (${code})`;
}

/** Takes away what was made from a file that another program changed meanwhile. */
async function proveLink(way: LinkWay, candidate: Candidate, target: string): Promise<LinkEnd> {
  const { facts, lengthBytes, path } = candidate;
  const source = await lookAt(way === "rename" ? target : path);
  const made = await lookAt(target);
  const isWhole = way === "symlink" || made?.size === BigInt(lengthBytes);
  if (isWhole && source !== undefined && isSameContent(facts, source)) return { end: "linked" };
  if (way !== "rename") await unlink(target);
  return changed(candidate);
}

function changed({ path }: Candidate): LinkEnd {
  return { end: "failed", reason: `"${path}" was changed meanwhile` };
}

/** @returns Why the folders cannot be used: the torrent follows no link in its data folder. */
async function makeFolders({ root, path, made }: Place): Promise<string | undefined> {
  let folder = root;
  for (const name of path.slice(0, -1)) {
    folder = join(folder, name);
    const found = await lookAt(folder);
    if (found === undefined) {
      await mkdir(folder);
      made.push(folder);
    } else if (!found.isDirectory()) return `"${folder}" is no folder`;
  }
  return undefined;
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}
