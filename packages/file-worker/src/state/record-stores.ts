import type { Disk } from "@troupe/actor-runtime";
import type { FoundRecord, RecordHome, StorageRefusal } from "@troupe/messages";
import type { RecordsClient } from "./records-client.ts";

/** Changes of records by name; undefined removes the record. */
type RecordChanges = ReadonlyMap<string, Uint8Array | undefined>;

/**
 * Records by name, as unchecked bytes: in a state folder's database, a file of the job's folder, or memory. Methods
 * reject with the disk's error. A read sees every earlier write.
 */
export interface RecordStore {
  /** Outlives the thread: must be true after a crash. */
  readonly isLasting: boolean;
  read(name: string): Promise<FoundRecord>;
  /** All or nothing, durable when it resolves. */
  write(changes: RecordChanges): Promise<void>;
}

/** The stores in use by a thread. */
export class RecordStores {
  readonly #disk: Disk;
  readonly #records: RecordsClient;
  readonly #stores = new Map<string, RecordStore>();

  constructor(disk: Disk, records: RecordsClient) {
    this.#disk = disk;
    this.#records = records;
  }

  /** The store at this place; opens nothing yet. */
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

/** A single record, named by the file. */
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

interface Batch {
  readonly changes: Map<string, Uint8Array | undefined>;
  readonly answer: PromiseWithResolvers<void>;
}

/**
 * Records in a database, through its thread. Later writes form the next batch, so that the latest write of a record
 * stays the latest even after a retry.
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

/** The disk's error before it crossed threads. */
function errorOf({ refused: code, message }: StorageRefusal): Error {
  return Object.assign(new Error(message), { code });
}
