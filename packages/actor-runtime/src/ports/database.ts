/** A named value. */
export interface DatabaseEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

/** The readable part of a damaged database. */
export interface SalvagedDatabase {
  readonly values: readonly DatabaseEntry[];
  readonly sums: ReadonlyMap<string, number>;
}

/**
 * Named values in a file. A value may come back damaged. All methods throw errors with a system code: `EBADMSG` for a
 * damaged file or no database, `EBUSY` when another process kept it for a second, `ENOSPC` …
 */
export interface DiskDatabase {
  get(name: string): Uint8Array | undefined;
  /** In no order. @param prefix Prefix of the names, ASCII. Default: all names. */
  all(prefix?: string): readonly DatabaseEntry[];
  /** Sets values and removes undefined ones, all or nothing; durable when it returns. */
  commit(changes: ReadonlyMap<string, Uint8Array | undefined>): void;
  /**
   * Adds whole amounts to sums, all or nothing; durable when it returns. Programs that add at once lose nothing. A sum
   * that is not there is 0.
   *
   * @param by The adder, and a number that grows with each of its additions: a repeated addition changes nothing.
   */
  add(
    amounts: ReadonlyMap<string, number>,
    by: { readonly adder: string; readonly sequence: number },
  ): void;
  /** The sums by name. */
  sums(): ReadonlyMap<string, number>;
  close(): void;
}
