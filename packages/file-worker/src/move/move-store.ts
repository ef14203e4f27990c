import { encodeRecord, readableRecord, type JobRecord, type Sha1 } from "@troupe/messages";
import { recordName } from "../state/job-journal.ts";
import type { RecordStore } from "../state/record-stores.ts";
import { decodeIntent, encodeIntent, intentName, type MoveIntent } from "./move-intent.ts";

type Changes = Map<string, Uint8Array | undefined>;

/** Intents of moves and records of their jobs. All methods reject with the disk's error. */
export class MoveStore {
  readonly #store: RecordStore;
  readonly #sha1: Sha1;
  readonly #infoHash: string;

  constructor(store: RecordStore, sha1: Sha1, infoHash: string) {
    this.#store = store;
    this.#sha1 = sha1;
    this.#infoHash = infoHash;
  }

  /** Intents outlive the program. */
  get isLasting(): boolean {
    return this.#store.isLasting;
  }

  async readIntent(): Promise<MoveIntent | undefined> {
    const { record: bytes } = await this.#store.read(intentName(this.#infoHash));
    return bytes === undefined ? undefined : decodeIntent(bytes, this.#sha1);
  }

  /** Durable, with the record at its folder. */
  async save(intent: MoveIntent, record?: JobRecord): Promise<void> {
    const changes: Changes = new Map();
    changes.set(intentName(this.#infoHash), encodeIntent(intent, this.#sha1));
    if (intent.stage === "switched")
      changes.set(recordName(this.#infoHash, intent.from), undefined);
    if (record !== undefined) this.#addRecord(changes, record);
    await this.#store.write(changes);
  }

  async remove(record?: JobRecord): Promise<void> {
    const changes: Changes = new Map([[intentName(this.#infoHash), undefined]]);
    if (record !== undefined) this.#addRecord(changes, record);
    await this.#store.write(changes);
  }

  /** Undefined also when damaged: files are then hashed. */
  async readRecord(directory: string): Promise<JobRecord | undefined> {
    const { record: bytes } = await this.#store.read(recordName(this.#infoHash, directory));
    return bytes && readableRecord(bytes, this.#sha1);
  }

  #addRecord(changes: Changes, record: JobRecord): void {
    changes.set(recordName(this.#infoHash, record.directory), encodeRecord(record, this.#sha1));
  }
}
