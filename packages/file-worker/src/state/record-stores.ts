// Where records are kept: in the database of a state folder, which has a thread of its own, in a file of the job's own
// folder, or nowhere. One small interface for all.

import type { Disk } from "@troupe/actor-runtime";
import type { FoundRecord, RecordHome } from "@troupe/messages";
import type { RecordsClient } from "./records-client.ts";

/** Changes of records by name; undefined: the record is removed. */
export type RecordChanges = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * Records by name, as unchecked bytes. Both methods reject with what the disk throws. A read has every write that was
 * begun before.
 */
export interface RecordStore {
  /** It survives the thread: what stands in it has to be true after a crash. */
  readonly isLasting: boolean;
  read(name: string): Promise<FoundRecord>;
  /** Sets and removes records: all or nothing, durable when it resolves. */
  write(changes: RecordChanges): Promise<void>;
}

/** The stores that are in use in one thread. */
export class RecordStores {
  readonly #disk: Disk;
  readonly #records: RecordsClient;
  readonly #stores = new Map<string, RecordStore>();

  constructor(disk: Disk, records: RecordsClient) {
    this.#disk = disk;
    this.#records = records;
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

  #make(home: RecordHome): RecordStore {
    if (home.kind === "memory") return new MemoryStore();
    if (home.kind === "file") return new FileStore(this.#disk, home.path);
    return new DatabaseStore(this.#records, home.path);
  }
}

class MemoryStore implements RecordStore {
  readonly isLasting = false;
  readonly #records = new Map<string, Uint8Array>();

  read(name: string): Promise<FoundRecord> {
    const record = this.#records.get(name);
    return Promise.resolve(record === undefined ? {} : { record });
  }

  write(changes: RecordChanges): Promise<void> {
    for (const [name, bytes] of changes) {
      if (bytes === undefined) this.#records.delete(name);
      else this.#records.set(name, bytes);
    }
    return Promise.resolve();
  }
}

/** One record; its name is the file's. */
class FileStore implements RecordStore {
  readonly isLasting = true;
  readonly #disk: Disk;
  readonly #path: string;

  constructor(disk: Disk, path: string) {
    this.#disk = disk;
    this.#path = path;
  }

  async read(): Promise<FoundRecord> {
    if (this.#disk.stat(this.#path) === undefined) return {};
    return await Promise.resolve({ record: this.#disk.readFile(this.#path) });
  }

  async write(changes: RecordChanges): Promise<void> {
    for (const bytes of changes.values()) {
      if (bytes !== undefined) this.#disk.writeFileAtomically(this.#path, bytes);
      else if (this.#disk.stat(this.#path) !== undefined) this.#disk.remove(this.#path);
    }
    await Promise.resolve();
  }
}

/** Changes that are given to the database together. */
interface Batch {
  readonly changes: Map<string, Uint8Array | undefined>;
  readonly answer: PromiseWithResolvers<void>;
}

/**
 * Records in a database, by way of its thread. One batch is under way at a time; what is written meanwhile makes the next
 * one, so that the last word on a record stays the last one also when a batch is asked for again.
 */
class DatabaseStore implements RecordStore {
  readonly isLasting = true;
  readonly #records: RecordsClient;
  readonly #database: string;
  #underWay: Batch | undefined;
  #next: Batch | undefined;

  constructor(records: RecordsClient, database: string) {
    this.#records = records;
    this.#database = database;
  }

  async read(name: string): Promise<FoundRecord> {
    for (;;) {
      const batch = this.#next ?? this.#underWay;
      if (batch === undefined) break;
      await batch.answer.promise.catch(() => undefined);
    }
    const answer = await this.#records.call("read-record", { database: this.#database, name });
    if ("refused" in answer) throw errorOf(answer);
    return answer;
  }

  write(changes: RecordChanges): Promise<void> {
    this.#next ??= { changes: new Map(), answer: Promise.withResolvers() };
    for (const [name, bytes] of changes) this.#next.changes.set(name, bytes);
    const { promise } = this.#next.answer;
    this.#send();
    return promise;
  }

  #send(): void {
    if (this.#underWay !== undefined || this.#next === undefined) return;
    const batch = this.#next;
    this.#next = undefined;
    this.#underWay = batch;
    this.#ask(batch)
      .finally(() => {
        this.#underWay = undefined;
        this.#send();
      })
      .then(batch.answer.resolve, batch.answer.reject);
  }

  async #ask({ changes }: Batch): Promise<void> {
    const records = [...changes].map(([name, bytes]) =>
      bytes === undefined ? { name } : { name, bytes },
    );
    const answer = await this.#records.call("write-records", { database: this.#database, records });
    if ("refused" in answer) throw errorOf(answer);
  }
}

/** The error of the disk as it was before it crossed threads. */
function errorOf({
  refused: code,
  message,
}: {
  readonly refused: string;
  readonly message: string;
}): Error {
  return Object.assign(new Error(message), { code });
}
