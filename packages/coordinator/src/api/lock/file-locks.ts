// System locks on empty files, which Node takes by SQLite alone. A lock belongs to the inode: it holds between users,
// containers and mounts, and ends with the process. A connection of SQLite takes 74 KB; ten files that share a
// connection take 11 KB each. They are on one device: a call for a file may wait for its disk, and must not wait for
// another.

import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

const { pathToFileURL } = process.getBuiltinModule("node:url");

/** SQLite attaches no more to a connection. */
const filesAConnection = 10;
/** Two processes may find a lock taken for an instant. */
const busyTimeoutMs = 100;
const busyCode = 5;

/** A locked file. */
export interface FileLock {
  /** Closes the file, which ends the lock. */
  release(): void;
}

/** The locks of a thread. */
export class FileLocks {
  readonly #connections = new Map<bigint, Set<SharedConnection>>();

  /**
   * Locks an empty file.
   *
   * @param device The device of the file.
   * @returns `running`: another process or thread holds the lock, or the file system has no locks.
   */
  lock(path: string, device: BigIntStats["dev"]): FileLock | "running" | "impossible" {
    const connections = this.#connections.get(device) ?? new Set<SharedConnection>();
    this.#connections.set(device, connections);
    const connection = [...connections].find(({ hasRoom }) => hasRoom) ?? new SharedConnection();
    connections.add(connection);
    const forgetUnused = (): void => {
      if (!connection.closeUnused()) return;
      connections.delete(connection);
      if (connections.size === 0) this.#connections.delete(device);
    };
    try {
      const name = connection.lock(path);
      return {
        release: () => {
          connection.release(name);
          forgetUnused();
        },
      };
    } catch (error) {
      forgetUnused();
      return (error as { errcode?: unknown }).errcode === busyCode ? "running" : "impossible";
    }
  }
}

/** A connection without a file of its own. */
class SharedConnection {
  readonly #database: DatabaseSync;
  readonly #free = Array.from({ length: filesAConnection }, (_, index) => `file${index}`);

  constructor() {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    this.#database = new DatabaseSync(":memory:", { timeout: busyTimeoutMs });
    // The lock's own database stays empty; these pragmas save 11 KB.
    this.#database.exec("PRAGMA page_size=512; PRAGMA cache_size=0");
  }

  get hasRoom(): boolean {
    return this.#free.length > 0;
  }

  /** @returns The name of the file in the connection. @throws errors of SQLite; the file is closed. */
  lock(path: string): string {
    const name = this.#free.pop();
    if (name === undefined) throw new Error("bug: a file more than SQLite attaches");
    const url = pathToFileURL(path);
    // A file made by SQLite would shut out other users.
    url.search = "?mode=rw";
    try {
      this.#database.exec(`ATTACH '${url.href.replaceAll("'", "''")}' AS ${name}`);
    } catch (error) {
      this.#free.push(name);
      throw error;
    }
    try {
      // A file that was locked keeps its lock in this mode, without a transaction. The write locks out readers, too.
      this.#database.exec(
        `PRAGMA ${name}.page_size=512; PRAGMA ${name}.cache_size=0;
         PRAGMA ${name}.journal_mode=MEMORY; PRAGMA ${name}.locking_mode=EXCLUSIVE;
         BEGIN EXCLUSIVE; PRAGMA ${name}.user_version=1; ROLLBACK`,
      );
      return name;
    } catch (error) {
      this.release(name);
      throw error;
    }
  }

  /** Closes a file. */
  release(name: string): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    this.#database.exec(`DETACH ${name}`);
    this.#free.push(name);
  }

  /** Closes the connection if it has no file. @returns Whether it did. */
  closeUnused(): boolean {
    if (this.#free.length < filesAConnection) return false;
    this.#database.close();
    return true;
  }
}
