// Values by name in one file.

/** One value of a database, and its name. */
export interface DatabaseEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

/**
 * Values by name in one file. Nothing of it is believed by this interface: a value may come back damaged.
 * All methods throw errors with a system code: `EBADMSG` when the file is no database or damaged, `EBUSY` when another
 * process kept it for a second, `ENOSPC` …
 */
export interface DiskDatabase {
  get(name: string): Uint8Array | undefined;
  /** Every value, in no order. */
  all(): readonly DatabaseEntry[];
  /** Sets values, removes those that are undefined: all or nothing, and on the disk when it returns. */
  commit(changes: ReadonlyMap<string, Uint8Array | undefined>): void;
  close(): void;
}
