// Values by name in an SQLite database: the one file that knows `node:sqlite`. Loaded by the first who opens one.

import type { DatabaseSync } from "node:sqlite";
import type { DiskDatabase } from "../context.ts";
import { systemError } from "./system-error.ts";
import { systemModule } from "./system-module.ts";

/** A commit of another process takes milliseconds; who waits longer tells his caller, who tries again later. */
const busyMs = 1_000;

/** Error codes of SQLite (sqlite.org/rescode.html), the low byte. */
const codes: ReadonlyMap<number, string> = new Map([
  [5, "EBUSY"],
  [6, "EBUSY"],
  [8, "EROFS"],
  [10, "EIO"],
  [11, "EBADMSG"],
  [13, "ENOSPC"],
  [14, "EACCES"],
  [26, "EBADMSG"],
]);

/**
 * Opens or makes a database. Write-ahead log: readers never wait, and a commit is one sync (0.15 ms on a fast disk);
 * 3 ms of CPU for the first opening in a process.
 */
export function openDatabase(path: string): DiskDatabase {
  const { closeSync, openSync } = systemModule("node:fs");
  // For its owner alone; what SQLite makes beside it follows.
  closeSync(openSync(path, "a", 0o600));
  return new NodeDatabase(path);
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
          `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;
           CREATE TABLE IF NOT EXISTS records (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;`,
        ),
      );
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

  all(): readonly { readonly name: string; readonly value: Uint8Array }[] {
    return this.#coded("read", () =>
      this.#database
        .prepare("SELECT name, value FROM records")
        .all()
        .flatMap(({ name, value }) =>
          typeof name === "string" && value instanceof Uint8Array ? [{ name, value }] : [],
        ),
    );
  }

  commit(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    this.#coded("write", () => {
      this.#database.exec("BEGIN IMMEDIATE");
      try {
        this.#apply(changes);
        this.#database.exec("COMMIT");
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
        throw error;
      }
    });
  }

  close(): void {
    this.#coded("close", () => this.#database.close());
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

  /** SQLite's numbers as codes that the rest of the program knows. */
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
