// Which test files run for a fault, and how many in one call.

import { readLedger } from "../tests/ledger.ts";
import { secondsOf } from "../tests/test-files.ts";

/** Seconds of a test file: the same on a busy machine and on a calm one. */
export type SecondsOf = (file: string) => number;

/** Seconds of the tests of a fault: eight minutes of two processes. */
export const budgetSeconds = 960;

/** The seconds by the ledger of the tree whose tests run. @param isLong Seconds of the long lanes. */
export function secondsIn(tree: string, isLong: boolean): SecondsOf {
  const ledger = readLedger(tree);
  return (file) => secondsOf(file, ledger[file], isLong);
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
