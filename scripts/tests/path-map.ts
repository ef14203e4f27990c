// Tests of the long lanes that the gate also runs when a change touches their sources.

/** A folder of sources, and the test files or folders that tell most about it, the most telling first. */
export interface PathRow {
  readonly sources: string;
  readonly tests: readonly string[];
}

export const pathMap: readonly PathRow[] = [];
