import { dirname } from "node:path";
import { type DatabaseEntry, type Disk, type DiskDatabase, messageOf } from "@troupe/actor-runtime";
import { systemCode } from "../refusals.ts";

/**
 * Records by name, as unchecked bytes; opened on demand. All methods throw the disk's error. A damaged database is
 * moved aside and rebuilt from its readable records: hashing replaces the others, and the list has its copies.
 */
export class RecordDatabase {
  /** Lost records, as a sentence. */
  damage: string | undefined;
  readonly #disk: Disk;
  readonly #path: string;
  #database: DiskDatabase | undefined;

  /** @param path Absolute. Opens nothing yet. */
  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  read(name: string): Uint8Array | undefined {
    if (!this.#exists()) return undefined;
    return this.#run((database) => database.get(name));
  }

  /** @param prefix Prefix of the names. Default: all. */
  readAll(prefix?: string): readonly DatabaseEntry[] {
    if (!this.#exists()) return [];
    return this.#run((database) => database.all(prefix));
  }

  /** All or nothing, durable when it returns; removes undefined records. */
  write(changes: ReadonlyMap<string, Uint8Array | undefined>): void {
    const hasOnlyRemovals = [...changes.values()].every((bytes) => bytes === undefined);
    if (hasOnlyRemovals && !this.#exists()) return;
    this.#run((database) => database.commit(changes));
  }

  /** Adds to sums: see `DiskDatabase.add`. @returns All sums. */
  add(...addition: Parameters<DiskDatabase["add"]>): ReadonlyMap<string, number> {
    return this.#run((database) => {
      database.add(...addition);
      return database.sums();
    });
  }

  close(): void {
    const database = this.#database;
    this.#database = undefined;
    database?.close();
  }

  #exists(): boolean {
    return this.#database !== undefined || this.#disk.stat(this.#path) !== undefined;
  }

  #run<Result>(task: (database: DiskDatabase) => Result): Result {
    try {
      return task(this.#open());
    } catch (error) {
      if (systemCode(error) !== "EBADMSG") throw error;
      this.#rebuild(error);
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

  #rebuild(error: unknown): void {
    try {
      this.close();
    } catch {
      // Moved aside when damaged.
    }
    const { values, sums } = this.#disk.salvageDatabase(this.#path);
    const damagedPath = `${this.#path}.damaged`;
    for (const end of ["-wal", "-shm"]) {
      if (this.#disk.stat(this.#path + end) !== undefined) this.#disk.remove(this.#path + end);
    }
    this.#disk.rename(this.#path, damagedPath);
    const why = messageOf(error);
    this.damage = `the record was lost with the database of records, which was damaged and lies in "${damagedPath}" now (${why})`;
    if (values.length > 0)
      this.#open().commit(new Map(values.map(({ name, value }) => [name, value])));
    if (sums.size > 0) this.#open().add(sums, { adder: "salvage", sequence: 1 });
  }
}
