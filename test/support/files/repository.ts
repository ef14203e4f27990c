// Files of this repository, for tests that hold documents and structure to the code.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The repository's folder. */
export const root: URL = new URL("../../../", import.meta.url);

/** The text of a file, by its path from the root. */
export function readRepositoryFile(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

/** Paths of the files that git tracks. @param patterns Patterns of git; all files without one. */
export function listTrackedFiles(...patterns: readonly string[]): string[] {
  const listed = execFileSync("git", ["ls-files", ...patterns], { cwd: root, encoding: "utf8" });
  return listed.split("\n").filter((path) => path !== "");
}

/** The words in backquotes of a Markdown text. */
export function wordsInBackquotes(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) => word);
}

/** The words in backquotes in the first cells of rows of a table. */
export function wordsOfFirstCells(rows: readonly string[]): string[] {
  return rows.flatMap((row) => wordsInBackquotes(row.split("|")[1] ?? ""));
}
