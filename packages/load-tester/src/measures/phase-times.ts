import type { Phase } from "../scenario/scenario.ts";

/** The phases of a run by time. */
export class PhaseTimes {
  readonly #names: readonly string[];
  /** Milliseconds from the start of the run. */
  readonly #endsMs: readonly number[];

  constructor(phases: readonly Phase[]) {
    this.#names = phases.map(({ name }) => name);
    let endMs = 0;
    this.#endsMs = phases.map(({ durationMs }) => (endMs += durationMs));
  }

  /** All phases together. */
  get durationMs(): number {
    return this.#endsMs.at(-1) ?? 0;
  }

  /**
   * The index of the phase at a time. Before the run it is the first, after it the last.
   *
   * @param atMs From the start of the run.
   */
  indexAt(atMs: number): number {
    let index = 0;
    while (index < this.#endsMs.length - 1 && atMs >= (this.#endsMs[index] ?? 0)) index += 1;
    return index;
  }

  name(index: number): string {
    return this.#names[index] ?? "";
  }
}
