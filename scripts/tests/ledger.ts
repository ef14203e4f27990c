// The ledger: what each test file took and did in its last run alone. `pnpm test:ledger` alone writes it.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.ts";

/** Effects of a test file that another file of its process could notice. */
export interface Facts {
  /** Threads, child processes and sockets that its tests started. */
  readonly threads?: number;
  readonly children?: number;
  readonly sockets?: number;
  /** It has hooks: those of one file would run around the tests of the others. */
  readonly hooks?: true;
  /** Changed after its tests: `environment`, `folder`, `umask`, `globals`, `listeners`, `handles`. */
  readonly left?: readonly string[];
}

/** One file's row. Seconds are norm: of a machine whose calibration takes `usualSeconds` (calibration.ts). */
export interface LedgerRow extends Facts {
  /** From the start of its process to its end. */
  readonly seconds: number;
  /** Processor time, child processes included. */
  readonly cpu: number;
  /** Seconds and processor time in the long lanes, where they differ. */
  readonly long?: { readonly seconds: number; readonly cpu: number };
}

/** Rows by path. */
export type Ledger = Readonly<Record<string, LedgerRow>>;

const path = "test/ledger.json";

/** The ledger of a tree; empty where there is none. */
export function readLedger(tree: string = root): Ledger {
  try {
    return (JSON.parse(readFileSync(join(tree, path), "utf8")) as { files: Ledger }).files;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/** Writes the ledger, one file a line, sorted: a change of one file is a change of one line. */
export function writeLedger(ledger: Ledger): void {
  const rows = Object.keys(ledger)
    .toSorted()
    .map((file) => `    ${JSON.stringify(file)}: ${JSON.stringify(ledger[file])}`);
  writeFileSync(join(root, path), `{\n  "files": {\n${rows.join(",\n")}\n  }\n}\n`);
}

/** The row to keep: new facts, and new seconds only where they moved by 30 % and half a second. */
export function renewed(old: LedgerRow | undefined, seen: LedgerRow): LedgerRow {
  const { seconds, cpu, long, ...facts } = seen;
  const kept = long ?? old?.long;
  return {
    seconds: moved(old?.seconds, seconds),
    cpu: moved(old?.cpu, cpu),
    ...(kept !== undefined && {
      long: {
        seconds: moved(old?.long?.seconds, kept.seconds),
        cpu: moved(old?.long?.cpu, kept.cpu),
      },
    }),
    ...facts,
  };
}

function moved(old: number | undefined, seen: number): number {
  const rounded = Math.round(seen * 10) / 10;
  if (old === undefined) return rounded;
  const difference = Math.abs(seen - old);
  return difference > 0.3 * old && difference > 0.5 ? rounded : old;
}
