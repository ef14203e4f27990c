// The change that a run judges: files that differ from a base, and what imports them.

import { execFileSync } from "node:child_process";
import { distancesFrom, readImportGraph } from "./import-graph.ts";
import { root } from "./root.ts";

/** The files that differ from a base, with those that git does not track yet. */
export interface Change {
  /** A commit; undefined where there is none to compare with. */
  readonly base: string | undefined;
  readonly files: ReadonlySet<string>;
}

/** The change against `TROUPE_BASE`, else the commit before. @throws Error for a `TROUPE_BASE` that is no commit. */
export function readChange(): Change {
  const wanted = process.env["TROUPE_BASE"] ?? "";
  if (wanted !== "" && !isCommit(wanted))
    throw new Error(`TROUPE_BASE: no commit is called ${wanted}`);
  const base = [wanted, "HEAD~1"].find((name) => name !== "" && isCommit(name));
  if (base === undefined) return { base, files: new Set() };
  const untracked = git("ls-files", "--others", "--exclude-standard");
  return { base, files: new Set([...git("diff", "--name-only", base), ...untracked]) };
}

/** The test and source files that the change has or that reach it through what they name. */
export function reachedBy({ files }: Change): ReadonlySet<string> {
  return new Set(distancesFrom(files, readImportGraph()).keys());
}

/** The tests among `tests` that the change has, or one of whose sources it has: by its own path or by that of its folder. */
export function touchedBy({ files }: Change, tests: Iterable<string>): string[] {
  const { named } = readImportGraph();
  const namedBy = (file: string): readonly string[] => [...(named.get(file) ?? [])];
  return [...tests].filter((test) => {
    const sources = namedBy(test).flatMap((source) =>
      source.endsWith("/index.ts") ? [source, ...namedBy(source)] : [source],
    );
    return [test, ...sources].some((path) => files.has(path));
  });
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
