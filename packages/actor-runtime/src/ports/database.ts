/** A named value. */
export interface DatabaseEntry {
  readonly name: string;
  readonly value: Uint8Array;
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
  close(): void;
}
