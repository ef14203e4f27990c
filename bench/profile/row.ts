// A row of the profile: work for the command, opened with a payload.

import type { Counted } from "../../test/support/counts/counted-command.ts";
import type { ThreadCounts } from "../../test/support/counts/thread-hook.ts";
import type { RunningProcess } from "../../test/support/programs/process.ts";

/** Amount of work that was measured. */
export interface Amount {
  /** In units of the row: GiB, starts, seconds. */
  readonly units: number;
  /** 0 where pieces are not the work. */
  readonly pieces: number;
}

/** The work of one process. */
export interface Work {
  readonly line: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Below it are the files that the work is about. */
  readonly dataFolder: string;
  /**
   * Does the work. `begin` marks the start of what is measured; without a call it is the start of the process. Settles at
   * the end of the work, while all threads still run.
   */
  act(running: RunningProcess, begin: () => Promise<void>): Promise<Amount>;
}

/** Counts of the threads, and the work that they are of. */
export interface Counts {
  readonly threads: readonly ThreadCounts[];
  readonly amount: Amount;
}

/** A row with its payload on the disk. */
export interface OpenRow extends AsyncDisposable {
  /** A file to have in the page cache. */
  readonly source: string;
  /** Work of the command, in fresh folders. */
  ours(): Work;
  /** This work done by bench/data-plane. */
  floor?(): Work;
  /** Absent where a thread that counts does not exist before the work begins, and with many seeders. */
  count?(what: readonly Counted[]): Promise<Counts>;
}

/** A row by its name. */
export interface Row {
  readonly name: string;
  readonly about: string;
  /** Figures are for so many of it: `GiB`, `start`, `s`. */
  readonly unit: string;
  /** @param totalBytes The payload; rows without one ignore it. */
  open(totalBytes: number): Promise<OpenRow>;
}
