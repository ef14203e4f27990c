// The files of a new torrent, as they lie in a folder.

import { lstat, readdir, readlink, realpath } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { BigIntStats } from "node:fs";
import { systemSentence } from "@troupe/actor-runtime";
import type { HashedFile } from "@troupe/messages";
import { FileGlob } from "@troupe/protocol/text";
import { factsAtOnce, factsOf } from "./file-facts.ts";
import type { FoundFile, FoundFiles, LinkRule, WalkRules } from "./found-files.ts";

/** Files of a torrent, links among them. Beyond it a folder is refused. */
const mostFiles = 1_000_000;
/** Names that an error lists; further ones are counted. */
const mostNamed = 20;

/** Things that no torrent can have, by their reason; found before any byte is hashed. */
interface Unusable {
  readonly path: string;
  readonly reason: string;
}

/** A path whose files no torrent can have. */
export class UnusableFilesError extends Error {
  constructor(unusable: readonly Unusable[]) {
    const named = unusable.slice(0, mostNamed).map(({ path, reason }) => `${path} (${reason})`);
    const more = unusable.length - named.length;
    const rest = more > 0 ? [`${more} more`] : [];
    super(`cannot make a torrent of these: ${[...named, ...rest].join(", ")}`);
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** @throws {UnusableFilesError} rejects for files that are unreadable, special, or named in no UTF-8; all are named. */
export async function findFiles(path: string, rules: WalkRules): Promise<FoundFiles> {
  const root = await realpath(path);
  const facts = await lstat(root, { bigint: true });
  if (facts.isFile()) {
    const only = fileOf([root.slice(root.lastIndexOf(sep) + 1)], root, facts);
    return { root, files: [only], skipped: [], isSingleFile: true };
  }
  if (!facts.isDirectory()) throw new UnusableFilesError([{ path, reason: kindOf(facts) }]);
  const walk = new Walk(root, rules);
  await walk.folder(root, []);
  if (walk.unusable.length > 0) throw new UnusableFilesError(walk.unusable);
  return { root, files: walk.files, skipped: walk.skipped, isSingleFile: false };
}

class Walk {
  readonly files: FoundFile[] = [];
  readonly skipped: string[] = [];
  readonly unusable: Unusable[] = [];
  readonly #root: string;
  readonly #links: LinkRule;
  readonly #include: readonly FileGlob[];
  readonly #exclude: readonly FileGlob[];
  /** Folders on the way from the root: a link to one of them would never end. */
  readonly #open = new Set<string>();

  constructor(root: string, { exclude, include, links }: WalkRules) {
    this.#root = root;
    this.#links = links;
    this.#include = include.map((glob) => new FileGlob(glob));
    this.#exclude = exclude.map((glob) => new FileGlob(glob));
  }

  async folder(diskPath: string, names: readonly string[]): Promise<void> {
    if (this.#open.has(diskPath)) return this.#refuse(names, "its links lead in a circle");
    this.#open.add(diskPath);
    const entries = await this.#namesIn(diskPath, names);
    for (let at = 0; at < entries.length; at += factsAtOnce)
      // In the order of the names. oxlint-disable-next-line no-await-in-loop
      await this.#entries(diskPath, names, entries.slice(at, at + factsAtOnce));
    this.#open.delete(diskPath);
  }

  async #namesIn(diskPath: string, names: readonly string[]): Promise<readonly Buffer[]> {
    try {
      const entries = await readdir(diskPath, { encoding: "buffer" });
      return entries.toSorted((one, other) => Buffer.compare(one, other));
    } catch (error) {
      this.#refuse(names, systemSentence(error));
      return [];
    }
  }

  /** @param entries Names in the folder. */
  async #entries(
    folder: string,
    names: readonly string[],
    entries: readonly Buffer[],
  ): Promise<void> {
    const named = entries.map((bytes) => {
      const name = textOf(bytes);
      return { bytes, name, diskPath: join(folder, name ?? "") };
    });
    const readable = named.filter(({ name }) => name !== undefined);
    const found = (await factsOf(readable.map(({ diskPath }) => diskPath))).values();
    for (const { bytes, diskPath, name } of named) {
      if (name === undefined) {
        this.#refuse([...names, bytes.toString("latin1")], "its name is no UTF-8");
        continue;
      }
      if (this.files.length >= mostFiles) throw tooMany(this.#root);
      const facts = found.next().value ?? new Error("bug: no metadata");
      if (facts instanceof Error) throw facts;
      const path = [...names, name];
      // Most entries are files, which need no wait. oxlint-disable-next-line no-await-in-loop
      if (!this.#isPlain(diskPath, path, facts)) await this.#entry(diskPath, path, facts);
    }
  }

  /** Takes an entry that is neither folder nor link. @returns False for those. */
  #isPlain(diskPath: string, names: readonly string[], facts: BigIntStats): boolean {
    if (facts.isDirectory() || facts.isSymbolicLink()) return false;
    if (!this.#isChosen(names)) return true;
    if (facts.isFile()) this.files.push(fileOf(names, diskPath, facts));
    else this.#refuse(names, kindOf(facts));
    return true;
  }

  async #entry(diskPath: string, names: readonly string[], facts: BigIntStats): Promise<void> {
    if (facts.isDirectory()) {
      if (!this.#isHidden(names)) await this.folder(diskPath, names);
      return;
    }
    if (this.#isChosen(names)) await this.#link(diskPath, names);
  }

  async #link(diskPath: string, names: readonly string[]): Promise<void> {
    if (this.#links === "skip") return void this.skipped.push(names.join("/"));
    if (this.#links === "keep") return await this.#kept(diskPath, names);
    try {
      const target = await realpath(diskPath);
      const facts = await lstat(target, { bigint: true });
      if (facts.isDirectory()) await this.folder(target, names);
      else if (facts.isFile()) this.files.push(fileOf(names, target, facts));
      else this.#refuse(names, kindOf(facts));
    } catch (error) {
      this.#refuse(names, systemSentence(error));
    }
  }

  /** A link out of the folder would lead elsewhere on every other machine. */
  async #kept(diskPath: string, names: readonly string[]): Promise<void> {
    const target = resolve(dirname(diskPath), await readlink(diskPath));
    const below = relative(this.#root, target).split(sep);
    if (below[0] === ".." || below[0] === "")
      return this.#refuse(names, "its link leads out of the folder");
    this.files.push({
      ...{ path: names, lengthBytes: 0, linkTarget: below },
      ...{ diskPath: undefined, identity: undefined },
    });
  }

  #isHidden(names: readonly string[]): boolean {
    return names.at(-1)?.startsWith(".") === true && this.#include.length === 0;
  }

  #isChosen(names: readonly string[]): boolean {
    // Globs take the path with the torrent's folder in front.
    const path = ["", ...names].join("/");
    if (this.#exclude.some((glob) => glob.matches(path))) return false;
    return this.#include.length === 0
      ? !this.#isHidden(names)
      : this.#include.some((glob) => glob.matches(path));
  }

  #refuse(names: readonly string[], reason: string): void {
    this.unusable.push({ path: names.join("/"), reason });
  }
}

/** The file behind its metadata. */
export function identityOf({ ctimeNs, dev, ino, mtimeNs, size }: BigIntStats): HashedFile {
  return { device: dev, inode: ino, lengthBytes: Number(size), mtimeNs, ctimeNs };
}

function fileOf(path: readonly string[], diskPath: string, facts: BigIntStats): FoundFile {
  const ownerMayRun = 0o100n;
  const identity = identityOf(facts);
  const { lengthBytes } = identity;
  const mayRun = (facts.mode & ownerMayRun) !== 0n;
  return { path, diskPath, lengthBytes, identity, ...(mayRun && { isExecutable: true }) };
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function kindOf(facts: BigIntStats): string {
  if (facts.isFIFO()) return "it is a pipe";
  if (facts.isSocket()) return "it is a socket";
  return "it is a device";
}

function tooMany(path: string): UnusableFilesError {
  return new UnusableFilesError([{ path, reason: `it has more than ${mostFiles} files` }]);
}
