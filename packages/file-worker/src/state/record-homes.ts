// Where records are kept: in the database of a state folder, in a file of the job's own folder, or nowhere. One small
// interface, and each opened when it is first needed.

import { dirname } from "node:path";
import type { Disk, DiskDatabase } from "@troupe/actor-runtime";
import type { RecordHome } from "@troupe/messages";
import { systemCode } from "../refusals.ts";

/** Records by name, as bytes that nobody has looked at. All methods throw what the disk throws. */
export interface RecordStore {
  /** It survives the thread: what stands in it has to be true after a crash. */
  readonly isLasting: boolean;
  /** What has happened to records that are gone, as a sentence; undefined: nothing. */
  readonly damage: string | undefined;
  read(name: string): Uint8Array | undefined;
  /** Every record of the store. */
  readAll(): readonly Uint8Array[];
  /** Sets records, removes those that are undefined: all or nothing, durable when it returns. */
  write(changes: ReadonlyMap<string, Uint8Array | undefined>): void;
  close(): void;
}

/** The stores that are in use in one thread. */
export class RecordHomes {
  readonly #disk: Disk;
  readonly #stores = new Map<string, RecordStore>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** The store at this place; nothing is opened yet. */
  at(home: RecordHome): RecordStore {
    const key = home.kind === "memory" ? home.kind : `${home.kind} ${home.path}`;
    const known = this.#stores.get(key);
    if (known !== undefined) return known;
    const store = this.#make(home);
    this.#stores.set(key, store);
    return store;
  }

  /** Closes what is open. What fails is left: all that was committed is safe. */
  close(): void {
    for (const store of this.#stores.values()) {
      try {
        store.close();
      } catch {
        // The others are closed all the same.
      }
    }
    this.#stores.clear();
  }

  #make(home: RecordHome): RecordStore {
    if (home.kind === "memory") return new MemoryStore();
    if (home.kind === "file") return new FileStore(this.#disk, home.path);
    return new DatabaseStore(this.#disk, home.path);
  }
}

class MemoryStore implements RecordStore {
  readonly isLasting = false;
  readonly damage = undefined;
  readonly #records = new Map<string, Uint8Array>();

  read(name: string): Uint8Array | undefined {
    return this.#records.get(name);
  }

  readAll(): readonly Uint8Array[] {
    return [...this.#records.values()];
  }

  write(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const [name, bytes] of changes) {
      if (bytes === undefined) this.#records.delete(name);
      else this.#records.set(name, bytes);
    }
  }

  close(): void {}
}

/** One record; its name is the file's. */
class FileStore implements RecordStore {
  readonly isLasting = true;
  readonly damage = undefined;
  readonly #disk: Disk;
  readonly #path: string;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  read(): Uint8Array | undefined {
    return this.#disk.stat(this.#path) === undefined ? undefined : this.#disk.readFile(this.#path);
  }

  readAll(): readonly Uint8Array[] {
    const record = this.read();
    return record === undefined ? [] : [record];
  }

  write(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    for (const bytes of changes.values()) {
      if (bytes !== undefined) this.#disk.writeFileAtomically(this.#path, bytes);
      else if (this.#disk.stat(this.#path) !== undefined) this.#disk.remove(this.#path);
    }
  }

  close(): void {}
}

/**
 * A database that is damaged is put aside and made anew with what can be read of it: the other records can be found out
 * again by hashing, and the list has its copies.
 */
class DatabaseStore implements RecordStore {
  readonly isLasting = true;
  damage: string | undefined;
  readonly #disk: Disk;
  readonly #path: string;
  #database: DiskDatabase | undefined;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  read(name: string): Uint8Array | undefined {
    if (!this.#isThere()) return undefined;
    return this.#with((database) => database.get(name));
  }

  readAll(): readonly Uint8Array[] {
    if (!this.#isThere()) return [];
    return this.#with((database) => database.all().map(({ value }) => value));
  }

  write(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    const hasOnlyRemovals = [...changes.values()].every((bytes) => bytes === undefined);
    if (hasOnlyRemovals && !this.#isThere()) return;
    this.#with((database) => database.commit(changes));
  }

  close(): void {
    const database = this.#database;
    this.#database = undefined;
    database?.close();
  }

  #isThere(): boolean {
    return this.#database !== undefined || this.#disk.stat(this.#path) !== undefined;
  }

  #with<Result>(task: (database: DiskDatabase) => Result): Result {
    try {
      return task(this.#open());
    } catch (error) {
      if (systemCode(error) !== "EBADMSG") throw error;
      this.#makeAnew(error);
      return task(this.#open());
    }
  }

  #open(): DiskDatabase {
    if (this.#database === undefined) {
      this.#disk.makeFolder(dirname(this.#path));
      this.#database = this.#disk.openDatabase(this.#path);
    }
    return this.#database;
  }

  #makeAnew(error: unknown): void {
    try {
      this.close();
    } catch {
      // It is to be put aside.
    }
    const found = this.#disk.salvageDatabase(this.#path);
    const aside = `${this.#path}.damaged`;
    for (const end of ["-wal", "-shm"]) {
      if (this.#disk.stat(this.#path + end) !== undefined) this.#disk.remove(this.#path + end);
    }
    this.#disk.rename(this.#path, aside);
    const why = error instanceof Error ? error.message : String(error);
    this.damage = `the record was lost with the database of records, which was damaged and lies in "${aside}" now (${why})`;
    if (found.length === 0) return;
    this.#open().commit(new Map(found.map(({ name, value }) => [name, value])));
  }
}
