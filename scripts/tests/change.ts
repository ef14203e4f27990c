// The change that a run judges: files that differ from a base, and what imports them.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./root.ts";

/** The files that differ from a base, with those that git does not track yet. */
export interface Change {
  /** A commit; undefined where there is none to compare with. */
  readonly base: string | undefined;
  readonly files: ReadonlySet<string>;
}

/** The change against `TROUPE_BASE`, else the commit before. */
export function readChange(): Change {
  const base = [process.env["TROUPE_BASE"], "HEAD~1"].find(
    (name) => name !== undefined && name !== "" && isCommit(name),
  );
  if (base === undefined) return { base, files: new Set() };
  const untracked = git("ls-files", "--others", "--exclude-standard");
  return { base, files: new Set([...git("diff", "--name-only", base), ...untracked]) };
}

/** The files that a file imports by itself, as paths from the repository. */
export function importsOf(file: string): string[] {
  const path = join(root, file);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, "utf8");
  const named = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)["']([^"'\n]+)["']/g);
  return [...named].flatMap(([, specifier = ""]) => resolved(file, specifier) ?? []);
}

/** Whether a file is in the change, or reaches it through its imports. @param known Files that were asked for before. */
export function reachesChange(
  file: string,
  { files }: Change,
  known = new Map<string, boolean>(),
): boolean {
  const found = known.get(file);
  if (found !== undefined) return found;
  // A circle of imports asks again: until it is known better, its files reach nothing.
  known.set(file, false);
  const reaches =
    files.has(file) ||
    importsOf(file).some((next) => reachesChange(next, { base: undefined, files }, known));
  known.set(file, reaches);
  return reaches;
}

/** Whether the change has a test file or a source that it imports itself, by its own path or by that of its folder. */
export function touchesDirectly(file: string, { files }: Change): boolean {
  const sources = importsOf(file).flatMap((source) =>
    source.endsWith("/index.ts") ? [source, ...importsOf(source)] : [source],
  );
  return [file, ...sources].some((path) => files.has(path));
}

const entries = new Map<string, Readonly<Record<string, string>>>();

function resolved(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  const [, name = "", entry = ""] = /^@troupe\/([\w-]+)(\/.+)?$/.exec(specifier) ?? [];
  if (name === "") return undefined;
  const target = entriesOf(name)[`.${entry}`];
  return target === undefined ? undefined : posix.join("packages", name, target);
}

function entriesOf(name: string): Readonly<Record<string, string>> {
  const known = entries.get(name);
  if (known !== undefined) return known;
  const path = join(root, "packages", name, "package.json");
  const { exports = {} } = JSON.parse(readFileSync(path, "utf8")) as {
    exports?: string | Record<string, string>;
  };
  const all = typeof exports === "string" ? { ".": exports } : exports;
  entries.set(name, all);
  return all;
}

function isCommit(name: string): boolean {
  try {
    return git("rev-parse", "--verify", "--quiet", `${name}^{commit}`).length > 0;
  } catch {
    return false;
  }
}

function git(...words: readonly string[]): string[] {
  const text = execFileSync("git", words, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return text.split("\n").filter((line) => line !== "");
}
