// Tests that failed and passed at a second try: they are reported, kept, and fail a run in three cases.

import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { touchedBy, type Change } from "./change.ts";
import { root } from "./root.ts";
import type { Unstable } from "./run-files.ts";

/** One run in the list that is kept. */
interface KeptRun {
  readonly commit: string;
  readonly titles: readonly string[];
}

/** A test that the gate leaves out until a day, while its fault is looked for. */
interface Quarantined {
  readonly title: string;
  readonly issue: string;
  /** A date, as 2026-12-31. */
  readonly until: string;
}

const keptPath = join(root, "test/unstable.jsonl");
const reportPath = join(root, "reports/unstable.jsonl");
const quarantinePath = join(root, "test/quarantine.json");
const mostFiles = 3;
const keptRuns = 20;
const mostOfKept = 3;
const mostQuarantined = 10;
const mostDays = 14;

/** A test's name in lists: its file and its title. */
export function nameOf({ file, title }: { readonly file: string; readonly title: string }): string {
  return `${file} › ${title}`;
}

/** Adds a run to the report, with or without unstable tests. */
export function reportUnstable(unstable: readonly Unstable[]): void {
  mkdirSync(join(root, "reports"), { recursive: true });
  const commit = head();
  appendFileSync(
    reportPath,
    `${JSON.stringify({ commit, titles: unstable.map((test) => nameOf(test)), seen: unstable.map(({ text }) => text.slice(0, 1_000)) })}\n`,
  );
}

/** Moves the report's runs to the list that is kept. @returns How many. */
export function keepReport(): number {
  const runs = readRuns(reportPath);
  for (const { commit, titles } of runs) {
    appendFileSync(keptPath, `${JSON.stringify({ commit, titles })}\n`);
  }
  rmSync(reportPath, { force: true });
  return runs.length;
}

/** Why a run with these unstable tests fails all the same; none where it passes. */
export function reasonsAgainst(unstable: readonly Unstable[], change: Change): string[] {
  const files = new Set(unstable.map(({ file }) => file));
  const kept = readRuns(keptPath).slice(-keptRuns);
  const touched = touchedBy(change, files);
  const often = [...new Set(unstable.map((test) => nameOf(test)))].filter(
    (name) => kept.filter(({ titles }) => titles.includes(name)).length >= mostOfKept,
  );
  return [
    ...touched.map(
      (file) => `${file} is unstable, and the change touches it or a source that it imports`,
    ),
    ...(files.size > mostFiles
      ? [`${files.size} files were unstable, allowed are ${mostFiles}`]
      : []),
    ...often.map(
      (name) => `${name} was unstable in ${mostOfKept} of the last ${keptRuns} kept runs`,
    ),
  ];
}

/** The titles in quarantine. @throws Error if the list is too long, or a row is older than it may be. */
export function readQuarantine(): string[] {
  const rows = JSON.parse(readFileSync(quarantinePath, "utf8")) as readonly Quarantined[];
  if (rows.length > mostQuarantined) {
    throw new Error(`${rows.length} tests are in quarantine, allowed are ${mostQuarantined}`);
  }
  const today = Date.parse(git("show", "-s", "--format=%cI", "HEAD"));
  for (const { title, until } of rows) {
    const days = (Date.parse(until) - today) / 86_400_000;
    if (days < 0) throw new Error(`the quarantine of "${title}" has ended on ${until}`);
    if (!(days <= mostDays)) {
      throw new Error(
        `the quarantine of "${title}" lasts until ${until}, allowed are ${mostDays} days`,
      );
    }
  }
  return rows.map(({ title }) => title);
}

/** The present commit, in full. */
export function head(): string {
  return git("rev-parse", "HEAD");
}

function git(...words: readonly string[]): string {
  return execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
}

function readRuns(path: string): KeptRun[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as KeptRun);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
