// A row with its figures, as it is printed and kept.

import type { Figures } from "./figures.ts";
import type { Contestant, RowFacts } from "./row.ts";

/** A row that was measured; the JSON of a comparison has a list of them. */
export interface MeasuredRow extends Pick<
  RowFacts,
  "name" | "title" | "about" | "goal" | "figures" | "compared" | "reference"
> {
  /** UTC, as `2026-11-22 10:00`. */
  readonly date: string;
  /** Runs of each contestant. */
  readonly runs: number;
  /** Processor, cores, memory, system. */
  readonly machine: string;
  readonly contestants: readonly MeasuredContestant[];
  /** Contestants of the row that were not measured, a sentence each. */
  readonly missing: readonly string[];
  /** The share of all cores that was busy before each run, 0 to 1. */
  readonly busy: readonly number[];
}

/** A contestant with the figures of its runs. */
export interface MeasuredContestant {
  readonly name: Contestant;
  /** `libtorrent 2.0.8`. */
  readonly version: string;
  /** One a run, in order. */
  readonly runs: readonly Figures[];
}
