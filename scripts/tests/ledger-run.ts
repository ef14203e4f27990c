// `pnpm test:ledger`: runs files alone and writes what each took and did.

import { slowness } from "./calibration.ts";
import { readLedger, renewed, writeLedger, type Ledger, type LedgerRow } from "./ledger.ts";
import { runFiles, type FilesOptions } from "./run-files.ts";
import type { ProcessResult } from "./run-process.ts";
import { Lanes } from "./lanes.ts";
import { showProcess } from "./progress.ts";

/** How the ledger is renewed. */
export interface LedgerRunOptions {
  /** The files' long forms. */
  readonly isLong: boolean;
  /** Files that are gone lose their rows. */
  readonly all: readonly string[];
}

/** A file whose seconds are not known yet ends after so long. */
const mostSeconds = 3_600;

/** Runs files and renews their rows. @returns Whether all of them passed; the row of one that did not stays. */
export async function runLedger(
  files: readonly string[],
  { isLong, all }: LedgerRunOptions,
): Promise<boolean> {
  const rows: Record<string, LedgerRow> = Object.fromEntries(
    Object.entries(readLedger()).filter(([file]) => all.includes(file)),
  );
  const options: FilesOptions = {
    isAlone: true,
    isStrict: true,
    limitSeconds: mostSeconds,
    isLong,
    ended: (result, left) => {
      showProcess(result, left);
      if (result.failures.length > 0) return;
      const [file = ""] = result.group.files;
      rows[file] = rowOf(rows, result, { isLong, slow: slowness() });
      // A run that is ended early keeps what it has seen.
      writeLedger(rows);
    },
  };
  const { failures } = await runFiles(files, options, new Lanes({ all: 2, D: 2, E: 2 }));
  return failures.length === 0;
}

function rowOf(
  ledger: Ledger,
  result: ProcessResult,
  { isLong, slow }: { readonly isLong: boolean; readonly slow: number },
): LedgerRow {
  const { facts, group, seconds } = result;
  const [file = ""] = group.files;
  const line = facts.find((each) => "file" in each && each.file === file);
  const cpu = result.cpu / slow;
  const took = { seconds: Math.max(seconds / slow, cpu / 2), cpu };
  const old = ledger[file];
  if (isLong) return renewed(old, { ...(old ?? took), long: took });
  const seen = line !== undefined && "file" in line ? line : undefined;
  return renewed(old, {
    ...took,
    ...(seen !== undefined && seen.threads > 0 && { threads: seen.threads }),
    ...(seen !== undefined && seen.children > 0 && { children: seen.children }),
    ...(seen !== undefined && seen.sockets > 0 && { sockets: seen.sockets }),
    ...(seen?.hasHooks === true && { hooks: true }),
    ...(seen !== undefined && seen.left.length > 0 && { left: seen.left.toSorted() }),
  });
}
