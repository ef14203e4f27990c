// The journal of an open job: what its record would say after a crash at this moment (pieces written, pieces durable,
// file facts). The engine decides which pieces are had; this thread, which syncs files, knows which of them are
// durable.
//
//   had ──files synced──► durable          written since a sync failed: suspect, until written again
//
// In the record: `open for writing` is committed before the first write after a rest, and taken back when all had
// pieces are durable:
//
//   resting ──► opening ──committed──► open ──► closing ──committed──► resting
//
// Bytes are written only while it is open.
//
// Doubted pieces stay had in the record, with facts that no file has: the next start hashes them.

import { LazySet, type FileStat } from "@troupe/actor-runtime";
import {
  bitfieldBytes,
  encodeRecord,
  readableRecord,
  type JobFacts,
  type JobRecord,
  type SaveJob,
  type Sha1,
} from "@troupe/messages";
import type { TorrentKey } from "@troupe/protocol/identity";
import {
  addBits,
  bitsInBoth,
  bitsWithout,
  clearBit,
  countBits,
  fillBits,
  hasAnyBit,
  hasBit,
  nextUnsetBit,
  setBit,
} from "@troupe/protocol/peer";
import { fileOf, type Storage } from "../storage.ts";
import { acceptHad } from "../files/foreign-files.ts";
import {
  copyFacts,
  matchesFacts,
  renewFacts,
  setFacts,
  setForeign,
  invalidateFacts,
} from "./file-facts.ts";
import { RareBits } from "./rare-bits.ts";
import type { RecordStore } from "./record-stores.ts";

/** A sync under way. */
interface SyncRound {
  readonly files: readonly number[];
  /** Durable once all files are synced. */
  readonly pieces: Uint8Array;
}

/** The engine's update. Without `had` only written, doubted and lost pieces change. */
export type JobUpdate = Omit<SaveJob, "torrent">;

/** A record being saved may be committed at any moment. */
type StoredState = "resting" | "opening" | "open" | "closing";

/** The journal of a job, while its storage is open. */
export class JobJournal {
  readonly storage: Storage;
  readonly store: RecordStore;
  /** Name of its record in the store. */
  readonly name: string;
  /** After the first report. */
  isLossReported = false;
  readonly #key: TorrentKey;
  readonly #pieceCount: number;
  readonly #had: Uint8Array;
  readonly #durable: Uint8Array;
  readonly #suspect: RareBits;
  /** To be hashed before they count. */
  readonly #doubted: RareBits;
  readonly #unsampled: RareBits;
  /** Without sync support, or after a failed sync: never durable. */
  readonly #unsyncable = new LazySet<number>();
  readonly #facts: BigUint64Array;
  #jobFacts: JobFacts | undefined;
  #storedState: StoredState = "resting";
  #hasChanges = false;

  /** @param durable Had and durable pieces of the record; taken over. */
  constructor(
    storage: Storage,
    store: RecordStore,
    key: TorrentKey,
    { durable, suspect }: Pick<JobRecord, "durable" | "suspect">,
    facts: BigUint64Array,
  ) {
    this.storage = storage;
    this.store = store;
    this.name = recordName(key, storage.folders.root);
    this.#key = key;
    this.#pieceCount = storage.map.pieceCount;
    this.#had = new Uint8Array(bitfieldBytes(this.#pieceCount));
    this.#durable = durable;
    const { length } = this.#had;
    this.#suspect = new RareBits(length, suspect.length === length ? suspect : undefined);
    this.#doubted = new RareBits(length);
    this.#unsampled = new RareBits(length);
    this.#facts = facts;
  }

  /** No record is saved before the engine has sent the had pieces. */
  get isInitialized(): boolean {
    return this.#jobFacts !== undefined;
  }

  /** A change is not stored, or not durable. */
  get hasWork(): boolean {
    return this.isInitialized && (this.#hasChanges || this.storage.unsynced.size > 0);
  }

  update({ facts, had, unsampled, doubted = [], lost = [] }: JobUpdate): void {
    const isFirst = this.#jobFacts === undefined;
    this.#jobFacts = facts;
    this.#hasChanges = true;
    for (const piece of [...lost, ...doubted]) {
      // After a failed sync pieces stay suspect until written again.
      for (const bits of [this.#had, this.#durable]) clearBit(bits, piece);
      this.#doubted.clear(piece);
    }
    for (const piece of doubted) this.#doubted.set(piece);
    if (had === undefined) return;
    this.#doubted.replace(bitsWithout(this.#doubted.bytes, had));
    this.#unsampled.replace(unsampled ?? new Uint8Array());
    if (isFirst) {
      this.#durable.set(bitsInBoth(this.#durable, had));
      this.#suspect.replace(bitsInBoth(this.#suspect.bytes, had));
    }
    acceptHad(this.storage, had);
    // Later updates may lack newer pieces.
    addBits(this.#had, had);
    const notDurable = this.#notDurable();
    const { isModule, partFile, unsynced } = this.storage;
    if (isModule) return;
    this.#eachFile((file, first, last) => {
      // An unwanted file's bytes lie only in the part file.
      const home = partFile?.parted.has(file) === true ? partFile.file : file;
      if (hasAnyBit(notDurable, first, last)) unsynced.add(home);
    });
  }

  /** The store must record open for writing before the first write. */
  get mustOpen(): boolean {
    return this.isInitialized && this.store.isLasting && this.#storedState !== "open";
  }

  /** @returns The first piece of a range that is not had. */
  missingIn(first: number, last: number): number | undefined {
    return nextUnsetBit(this.#had, first, last);
  }

  /** @param isSpoilt A sync failed since its first byte. */
  pieceWritten(piece: number, isSpoilt: boolean): void {
    setBit(this.#had, piece);
    if (!isSpoilt) this.#suspect.clear(piece);
    this.#hasChanges = true;
  }

  /** Files written to meanwhile need another sync. */
  beginSync(): SyncRound {
    const files = [...this.storage.unsynced];
    return { files, pieces: this.#notDurable() };
  }

  fileSyncing(file: number): void {
    this.storage.unsynced.delete(file);
  }

  /** @param found Its metadata afterwards. */
  fileSynced(file: number, found: FileStat | undefined): void {
    this.#noteFacts(file, found);
    this.#hasChanges = true;
  }

  /**
   * Some file systems change times at the close: a change from here on is ours, a change since the previous look is
   * not.
   */
  closeFiles(stat: (file: number) => FileStat | undefined, close: () => void): void {
    const written = [...this.storage.handles.values()].filter(({ canWrite }) => canWrite);
    const known = written.filter(({ file }) => matchesFacts(this.#facts, file, stat(file)));
    close();
    for (const { file } of known) setFacts(this.#facts, file, stat(file));
  }

  /** @param before, after Its metadata. */
  fileRenamed(file: number, before: FileStat, after: FileStat | undefined): void {
    renewFacts(this.#facts, file, before, after);
    this.#hasChanges = true;
  }

  /** Failed or unsupported: its bytes never count as durable (docs/state.md). */
  fileNotSynced(file: number, isLost: boolean): void {
    if (!isLost) {
      this.#unsyncable.add(file);
      return;
    }
    this.storage.lostSyncs += 1;
    const [first, last] = this.#piecesOf(file) ?? [0, -1];
    // Missing pieces too: the system may return their bytes until a power cut.
    for (let piece = first; piece <= last; piece += 1) {
      if (!hasBit(this.#durable, piece)) this.#suspect.set(piece);
    }
  }

  /** @param missing Files of the round that were not synced. */
  endSync({ pieces }: SyncRound, missing: Iterable<number>): void {
    const proved = bitsWithout(pieces, this.#suspect.bytes);
    for (const file of [...missing, ...this.#unsyncable]) {
      const range = this.#piecesOf(file);
      if (range !== undefined) fillBits(proved, range[0], range[1], false);
    }
    addBits(this.#durable, proved);
    this.#hasChanges = true;
  }

  /** Without a lasting store nothing has to be durable. */
  skipSync(stat: (file: number) => FileStat | undefined): void {
    for (const file of this.storage.unsynced) this.#noteFacts(file, stat(file));
    this.storage.unsynced.clear();
  }

  /**
   * Begins to save a record, one at a time, until {@link saved} or {@link notSaved}.
   *
   * @param isOpen Writes may follow, or have come since the last sync.
   * @returns The record as bytes.
   */
  beginSave(isOpen: boolean, sha1: Sha1): Uint8Array {
    if (this.#jobFacts === undefined)
      throw new Error("bug: a job is recorded before its pieces are known");
    if (!isOpen) this.#storedState = "closing";
    else if (this.#storedState !== "open") this.#storedState = "opening";
    this.#hasChanges = false;
    return encodeRecord(
      {
        ...this.#jobFacts,
        key: this.#key,
        directory: this.storage.folders.root,
        isOpenForWriting: isOpen,
        pieceCount: this.#pieceCount,
        had: this.#doubted.with(this.#had),
        durable: this.store.isLasting ? this.#durable : this.#had,
        suspect: this.#suspect.bytes,
        unsampled: bitsInBoth(this.#unsampled.bytes, this.#had),
        files: this.#factsToSave(),
      },
      sha1,
    );
  }

  #factsToSave(): BigUint64Array {
    const { foreign } = this.storage;
    const hasForeign = foreign !== undefined && foreign.size > 0;
    if (this.#doubted.isEmpty && !hasForeign) return this.#facts;
    const facts = this.#facts.slice();
    for (const file of foreign ?? []) setForeign(facts, file);
    this.#eachFile((file, first, last) => {
      if (this.#doubted.hasAny(first, last)) invalidateFacts(facts, file);
    });
    return facts;
  }

  /** Without writes a file keeps its facts of the start, by which its pieces were judged. */
  #noteFacts(file: number, found: FileStat | undefined): void {
    const { identities, facts } = this.storage;
    const isOurs = identities.written.has(file) || found === undefined;
    if (isOurs) setFacts(this.#facts, file, found);
    else copyFacts(this.#facts, file, facts);
  }

  /** Except after a failed sync, whose pieces are never trusted. */
  get isDurable(): boolean {
    const isEmpty = this.#notDurable().every((byte) => byte === 0);
    return this.storage.unsynced.size === 0 && (isEmpty || !this.store.isLasting);
  }

  /** Bytes of had pieces that are not durable; the last piece counts as a full piece. */
  get notDurableBytes(): number {
    return countBits(this.#notDurable()) * this.storage.pieceLengthBytes;
  }

  saved(): void {
    this.#storedState = this.#storedState === "closing" ? "resting" : "open";
    this.isLossReported = false;
  }

  /** The store may hold the previous record, or none. */
  notSaved(): void {
    if (this.#storedState !== "open") this.#storedState = "resting";
    this.#hasChanges = true;
  }

  #notDurable(): Uint8Array {
    return bitsWithout(bitsWithout(this.#had, this.#durable), this.#suspect.bytes);
  }

  #piecesOf(file: number): readonly [number, number] | undefined {
    return this.storage.map.piecesOf(file);
  }

  #eachFile(visit: (file: number, first: number, last: number) => void): void {
    for (let file = 0; file < this.storage.files.length; file += 1) {
      const range =
        fileOf(this.storage, file).isPadding === true ? undefined : this.#piecesOf(file);
      if (range !== undefined) visit(file, ...range);
    }
  }
}

/** The name of a job's record: it has a record per folder. */
export function recordName(key: TorrentKey, directory: string): string {
  return `${key} ${directory}`;
}

/** The record of a job in a folder. Undefined also when damaged. @throws rejects with the disk's error. */
export async function readJobRecord(
  store: RecordStore,
  sha1: Sha1,
  key: TorrentKey,
  directory: string,
): Promise<JobRecord | undefined> {
  const { record } = await store.read(recordName(key, directory));
  return record && readableRecord(record, sha1);
}
