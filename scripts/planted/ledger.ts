// How long test files take, by test/ledger.json of the tree whose tests run: the same on a busy machine and on a calm one.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Seconds of a test file. */
export type SecondsOf = (file: string) => number;

/** Seconds of the tests of a fault: eight minutes of two processes. */
export const budgetSeconds = 960;

/** The ledger of a tree. A file that it lacks counts 3 s in a package, and 12 s elsewhere. */
export function readLedger(root: string): SecondsOf {
  const path = join(root, "test/ledger.json");
  const { files } = existsSync(path)
    ? (JSON.parse(readFileSync(path, "utf8")) as {
        files: Readonly<Record<string, { readonly seconds: number }>>;
      })
    : { files: {} };
  return (file) => files[file]?.seconds ?? (file.startsWith("packages/") ? 3 : 12);
}

/** The time after which a file counts as hung. */
export function limitSeconds(files: readonly string[], secondsOf: SecondsOf): number {
  return files.reduce((sum, file) => sum + secondsOf(file), 0) * 5 + 60;
}

/** Files that run in one call. */
export interface Batch {
  readonly files: readonly string[];
  readonly seconds: number;
}

/**
 * Batches within the budget. The package gets half of it at first, so that tests of whole engines have their turn, and
 * what those leave.
 */
export function batchesWithin(
  { own, others }: { readonly own: readonly string[]; readonly others: readonly string[] },
  secondsOf: SecondsOf,
): readonly Batch[] {
  const first = within(own, budgetSeconds / 2, secondsOf);
  const rest = own.filter((file) => !first.includes(file));
  const chosen = within([...first, ...others, ...rest], budgetSeconds, secondsOf);
  const batches: Batch[] = [];
  let files: string[] = [];
  let seconds = 0;
  // Small at first: the nearest file often catches the fault.
  const most = (): number => Math.min(batches.length * 15 + 3, 60);
  for (const file of chosen) {
    if (files.length > 0 && seconds + secondsOf(file) > most()) {
      batches.push({ files, seconds });
      files = [];
      seconds = 0;
    }
    files.push(file);
    seconds += secondsOf(file);
  }
  if (files.length > 0) batches.push({ files, seconds });
  return batches;
}

function within(files: readonly string[], seconds: number, secondsOf: SecondsOf): string[] {
  let left = seconds;
  return files.filter((file) => {
    if (secondsOf(file) > left) return false;
    left -= secondsOf(file);
    return true;
  });
}
