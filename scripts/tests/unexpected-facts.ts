// Holds the files of a group to what the ledger says of them: `pnpm test:ledger FILE` gives a file that has begun to start
// processes the lane of those, and one that leaves something behind a process of its own.

import type { Ledger } from "./ledger.ts";
import type { Failure } from "./run-process.ts";
import type { FactsLine } from "./watch.ts";

/** Handles and listeners may close after the test; only `test:ledger` checks them. */
const slowToGo: ReadonlySet<string> = new Set(["handles", "listeners"]);

/** A failure for each file that differs. */
export function unexpectedFacts(lines: readonly FactsLine[], ledger: Ledger): Failure[] {
  return lines.flatMap((line): Failure[] => {
    if ("process" in line || line.file === "") return [];
    const row = ledger[line.file];
    const seen = [
      ...(line.children > (row?.children ?? 0) && (row?.children ?? 0) === 0
        ? ["starts processes"]
        : []),
      ...(line.threads > 0 && (row?.threads ?? 0) === 0 ? ["starts threads"] : []),
      ...(line.hasHooks && row?.hooks !== true ? ["has hooks"] : []),
      ...line.left
        .filter((what) => !slowToGo.has(what))
        .map((what) => `leaves a change of: ${what}`),
    ];
    if (seen.length === 0) return [];
    const text = `the file ${seen.join(", ")}, which the ledger does not say. Run pnpm test:ledger ${line.file}`;
    return [{ file: line.file, title: "", text }];
  });
}
