// Verdicts over planted faults: one line of JSON each, on the disk before the next fault begins.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";

/** Verdict of the tests on a fault. */
export interface Verdict {
  readonly id: number;
  /** `not-loaded`: no process loaded the changed file, so that the tests said nothing. */
  readonly verdict: "caught" | "survived" | "not-loaded";
  /** The test file that caught the fault. */
  readonly file?: string;
  /** The first test that failed there. */
  readonly title?: string;
  /** How many files of tests ran, and their seconds by the ledger. */
  readonly files: number;
  readonly ledgerSeconds: number;
  /** Wall time. */
  readonly seconds: number;
  /** Files that were red with the fault and without it. */
  readonly redWithout?: readonly string[];
  /** The changed file runs in a browser, where nothing is marked. */
  readonly page?: true;
}

/** The verdicts of a file; of several about a fault the last holds. A last line that is cut off is left out. */
export function readVerdicts(file: string): ReadonlyMap<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  if (!existsSync(file)) return verdicts;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (!line.endsWith("}")) continue;
    const verdict = JSON.parse(line) as Verdict;
    verdicts.set(verdict.id, verdict);
  }
  return verdicts;
}

export function appendVerdict(file: string, verdict: Verdict): void {
  const isCut = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, "utf8"));
  const opened = openSync(file, "a");
  writeSync(opened, `${isCut ? "\n" : ""}${JSON.stringify(verdict)}\n`);
  fsyncSync(opened);
  closeSync(opened);
}

/** Ids of the faults that have a verdict in both files, by who caught them. */
export interface Comparison {
  readonly both: readonly number[];
  readonly onlyBefore: readonly number[];
  readonly onlyNow: readonly number[];
  readonly neither: readonly number[];
}

export function compareVerdicts(
  before: ReadonlyMap<number, Verdict>,
  now: ReadonlyMap<number, Verdict>,
): Comparison {
  const ids = [...before.keys()].filter((id) => now.has(id)).sort((one, other) => one - other);
  const among = (wasCaught: boolean, isCaught: boolean): number[] =>
    ids.filter(
      (id) =>
        (before.get(id)?.verdict === "caught") === wasCaught &&
        (now.get(id)?.verdict === "caught") === isCaught,
    );
  return {
    both: among(true, true),
    onlyBefore: among(true, false),
    onlyNow: among(false, true),
    neither: among(false, false),
  };
}
