import { encodeRecord, type JobRecord, type Sha1 } from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import { readJobRecord, recordName } from "../state/job-journal.ts";
import type { RecordStore } from "../state/record-stores.ts";
import { decodeIntent, encodeIntent, intentName, type MoveIntent } from "./move-intent.ts";

type Changes = Map<string, Uint8Array | undefined>;

/** Intents of moves and records of their jobs. All methods reject with the disk's error. */
export class MoveStore {
  readonly #store: RecordStore;
  readonly #sha1: Sha1;
  readonly #key: TorrentKey;

  constructor(store: RecordStore, sha1: Sha1, key: TorrentKey) {
    this.#store = store;
    this.#sha1 = sha1;
    this.#key = key;
  }

  /** Intents outlive the program. */
  get isLasting(): boolean {
    return this.#store.isLasting;
  }

  async readIntent(): Promise<MoveIntent | undefined> {
    const { record: bytes } = await this.#store.read(intentName(this.#key));
    return bytes === undefined ? undefined : decodeIntent(bytes, this.#sha1);
  }

  /** Durable, with the record at its folder. */
  async save(intent: MoveIntent, record?: JobRecord): Promise<void> {
    const changes: Changes = new Map();
    changes.set(intentName(this.#key), encodeIntent(intent, this.#sha1));
    if (intent.stage === "switched") changes.set(recordName(this.#key, intent.from), undefined);
    if (record !== undefined) this.#addRecord(changes, record);
    await this.#store.write(changes);
  }

  async remove(record?: JobRecord): Promise<void> {
    const changes: Changes = new Map([[intentName(this.#key), undefined]]);
    if (record !== undefined) this.#addRecord(changes, record);
    await this.#store.write(changes);
  }

  /** Undefined also when damaged: files are then hashed. */
  async readRecord(directory: string): Promise<JobRecord | undefined> {
    return await readJobRecord(this.#store, this.#sha1, this.#key, directory);
  }

  #addRecord(changes: Changes, record: JobRecord): void {
    changes.set(recordName(this.#key, record.directory), encodeRecord(record, this.#sha1));
  }
}
