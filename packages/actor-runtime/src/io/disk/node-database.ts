// Only this file uses `node:sqlite`; loaded at the first opening.

import type { DatabaseSync } from "node:sqlite";
import type { DatabaseEntry, DiskDatabase, SalvagedDatabase } from "../../ports/database.ts";
import { systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";

/** A commit takes milliseconds; after this time the caller gets `EBUSY` and retries. */
const busyMs = 1_000;

/**
 * Result codes of SQLite (sqlite.org/rescode.html), the low byte. Our statements never change: SQLite rejects them only
 * for a foreign table.
 */
const codes: ReadonlyMap<number, string> = new Map([
  [1, "EBADMSG"],
  [5, "EBUSY"],
  [6, "EBUSY"],
  [8, "EROFS"],
  [10, "EIO"],
  [11, "EBADMSG"],
  [13, "ENOSPC"],
  [14, "EACCES"],
  [18, "EBADMSG"],
  [19, "EBADMSG"],
  [20, "EBADMSG"],
  [24, "EBADMSG"],
  [26, "EBADMSG"],
]);

/** Adders whose last number is kept; an older one has long ended. */
const mostAdders = 1_000;

const recordsNotInIndex = `
  SELECT 1 FROM records AS row NOT INDEXED WHERE NOT EXISTS
    (SELECT 1 FROM records AS found INDEXED BY sqlite_autoindex_records_1
     WHERE found.name = row.name AND found.rowid = row.rowid) LIMIT 1`;

/** Made at the first addition: most databases have no sums. */
const sumTables = `
  CREATE TABLE IF NOT EXISTS sums (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS adders (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;`;

/** Length of the header of the first page (sqlite.org/fileformat.html, 1.3). */
const headBytes = 100;
const pageSizeAt = 16;
const pageCountAt = 28;
/** A larger claim is not extended. */
const salvageLimitBytes = 2 ** 32;

/**
 * Opens or creates a database. With the write-ahead log readers never wait, and a commit is one sync (0.15 ms on a fast
 * disk); the first opening in a process takes 3 ms of CPU.
 */
export function openDatabase(path: string): DiskDatabase {
  const { closeSync, openSync } = systemModule("node:fs");
  // Private to its owner; SQLite's other files follow its mode.
  closeSync(openSync(path, "a", 0o600));
  return new NodeDatabase(path);
}

/** Reads the rows of a damaged database singly, from both ends and by name: a bad page costs only its own rows. */
export function salvageDatabase(path: string): SalvagedDatabase {
  const { DatabaseSync: Database } = systemModule("node:sqlite");
  const values = new Map<string, Uint8Array>();
  const sums = new Map<string, number>();
  let database: DatabaseSync | undefined;
  try {
    fillUp(path);
    database = new Database(path, { timeout: busyMs });
    for (const id of rowsOf(database)) {
      const [row] = readable(database, `SELECT name, value FROM records WHERE rowid = ${id}`);
      const { name, value } = row ?? {};
      if (typeof name === "string" && value instanceof Uint8Array) values.set(name, value);
    }
    for (const { name, value } of readable(database, "SELECT name, value FROM sums"))
      if (typeof name === "string" && typeof value === "number") sums.set(name, value);
  } catch {
    // No database: no values.
  } finally {
    database?.close();
  }
  return { values: [...values].map(([name, value]) => ({ name, value })), sums };
}

/** SQLite refuses a database shorter than its header says, but reads the rows before added zeros. */
function fillUp(path: string): void {
  const { closeSync, fstatSync, ftruncateSync, openSync, readSync } = systemModule("node:fs");
  const file = openSync(path, "r+");
  try {
    const head = new DataView(new ArrayBuffer(headBytes));
    readSync(file, head, 0, headBytes, 0);
    const dueBytes = head.getUint16(pageSizeAt) * head.getUint32(pageCountAt);
    if (dueBytes > fstatSync(file).size && dueBytes <= salvageLimitBytes)
      ftruncateSync(file, dueBytes);
  } finally {
    closeSync(file);
  }
}

function rowsOf(database: DatabaseSync): ReadonlySet<number> {
  const ways = ["NOT INDEXED ORDER BY rowid", "NOT INDEXED ORDER BY rowid DESC", "ORDER BY name"];
  const found = ways.flatMap((way) => readable(database, `SELECT rowid FROM records ${way}`));
  return new Set(found.map(({ rowid }) => rowid).filter((id) => typeof id === "number"));
}

function readable(database: DatabaseSync, query: string): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = [];
  try {
    for (const row of database.prepare(query).iterate()) rows.push(row);
  } catch {
    // Found another way, or lost.
  }
  return rows;
}

class NodeDatabase implements DiskDatabase {
  readonly #path: string;
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#path = path;
    this.#database = this.#coded("open", () => {
      const { DatabaseSync: Database } = systemModule("node:sqlite");
      return new Database(path, { timeout: busyMs });
    });
    try {
      this.#coded("open", () =>
        this.#database.exec(
          `PRAGMA cell_size_check = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;
           CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;`,
        ),
      );
      this.#checkIndex();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get(name: string): Uint8Array | undefined {
    return this.#coded("read", () => {
      const row = this.#database.prepare("SELECT value FROM records WHERE name = ?").get(name);
      return row?.["value"] instanceof Uint8Array ? row["value"] : undefined;
    });
  }

  all(prefix = ""): readonly DatabaseEntry[] {
    return this.#coded("read", () =>
      this.#rows(prefix).flatMap(({ name, value }) =>
        typeof name === "string" && value instanceof Uint8Array ? [{ name, value }] : [],
      ),
    );
  }

  commit(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    this.#transact(() => this.#apply(changes));
  }

  add(
    amounts: ReadonlyMap<string, number>,
    { adder, sequence }: { readonly adder: string; readonly sequence: number },
  ): void {
    this.#transact(() => {
      this.#database.exec(sumTables);
      const last = this.#database.prepare("SELECT sequence FROM adders WHERE name = ?").get(adder);
      if (Number(last?.["sequence"] ?? 0) >= sequence) return;
      // A replaced row is the newest.
      this.#database
        .prepare("INSERT OR REPLACE INTO adders (name, sequence) VALUES (?, ?)")
        .run(adder, sequence);
      this.#database
        .prepare("DELETE FROM adders WHERE rowid <= (SELECT max(rowid) FROM adders) - ?")
        .run(mostAdders);
      const add = this.#database.prepare(
        "INSERT INTO sums (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
      );
      for (const [name, amount] of amounts) add.run(name, amount);
    });
  }

  sums(): ReadonlyMap<string, number> {
    return this.#coded("read", () => {
      const table = "SELECT 1 FROM sqlite_schema WHERE name = 'sums'";
      if (this.#database.prepare(table).get() === undefined) return new Map();
      const rows = this.#database.prepare("SELECT name, value FROM sums").all();
      return new Map(rows.map(({ name, value }) => [String(name), Number(value)]));
    });
  }

  close(): void {
    this.#coded("close", () => this.#database.close());
  }

  /**
   * SQLite does not notice a changed byte of a name in the index: look-ups would miss records, and commits double them.
   * 6 to 20 ms for 10,000 records in the page cache. A page that cannot be read is left to the calls that need it.
   */
  #checkIndex(): void {
    if (!this.#missesName()) return;
    const message = `cannot open the database "${this.#path}": its index misses a name`;
    throw systemError("EBADMSG", message);
  }

  #missesName(): boolean {
    try {
      return (
        this.#coded("open", () => this.#database.prepare(recordsNotInIndex).get()) !== undefined
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EBADMSG") throw error;
      return false;
    }
  }

  #rows(prefix: string): Record<string, unknown>[] {
    if (prefix === "") return this.#database.prepare("SELECT name, value FROM records").all();
    return this.#database
      .prepare("SELECT name, value FROM records WHERE name >= ? AND name < ?")
      .all(prefix, `${prefix}\u{10ffff}`);
  }

  /** All or nothing; durable when it returns. */
  #transact(work: () => void): void {
    this.#coded("write", () => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        work();
        this.#database.exec("COMMIT");
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  #apply(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    const set = this.#database.prepare(
      "INSERT INTO records (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
    const remove = this.#database.prepare("DELETE FROM records WHERE name = ?");
    for (const [name, value] of changes) {
      if (value === undefined) remove.run(name);
      else set.run(name, value);
    }
  }

  #coded<Result>(doing: string, task: () => Result): Result {
    try {
      return task();
    } catch (error) {
      const { errcode, message } = error as {
        readonly errcode?: unknown;
        readonly message: string;
      };
      const code = typeof errcode === "number" ? codes.get(errcode & 0xff) : undefined;
      throw systemError(code ?? "EIO", `cannot ${doing} the database "${this.#path}": ${message}`);
    }
  }
}
