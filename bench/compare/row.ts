// A row of the comparison: a task that its clients do in turns.

import type { FigureName, Figures } from "./figures.ts";
import type { BenchTracker } from "./tracker.ts";
import type { ClientName } from "./clients.ts";

/** A client, or another program that a row measures beside the clients. */
export type Contestant = ClientName | "cold" | "killed" | "node" | "floor" | "openssl";

/** The facts of a row that need no measuring. */
export interface RowFacts {
  readonly name: string;
  /** The heading of the row. */
  readonly title: string;
  /** The task and its clock, a sentence or two. */
  readonly about: string;
  /** The bounds that Troupe is to keep, or "". */
  readonly goal: string;
  /** In the order of their turns. */
  readonly contestants: readonly Contestant[];
  /** The columns. */
  readonly figures: readonly FigureName[];
  /** The figures of which ratios are shown. */
  readonly compared: readonly FigureName[];
  /** The contestant that ratios refer to. */
  readonly reference: Contestant;
  /** Whether the row starts every client by its name, so that an earlier commit can take part. */
  readonly takesCommits: boolean;
}

/** A row that can be measured. */
export interface Row extends RowFacts {
  /** Makes the content of the row. */
  open(place: Place): Promise<OpenRow>;
}

/** The surroundings of a row. */
export interface Place {
  /** An empty folder, removed after the row. */
  readonly folder: string;
  /** Node's cache of compiled code, kept over all rows. */
  readonly compiledFolder: string;
  readonly tracker: BenchTracker;
  /** Troupe's command of the earlier commit, where one takes part. */
  readonly commandBefore?: readonly string[];
}

/** A row with its content in place. */
export interface OpenRow extends AsyncDisposable {
  /** Read into the page cache before each run. */
  readonly source: string;
  /**
   * One run.
   *
   * @param prepare Waits for a quiet machine, warms memory. Called once, right before the clock starts.
   * @throws rejects when the task was not done, or done wrong.
   */
  run(contestant: Contestant, prepare: () => Promise<void>): Promise<Figures>;
}
