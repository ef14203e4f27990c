// What one open job will say of itself when it is cut off at this moment: pieces written, pieces durable, how its files
// look. The engine owns the truth about pieces had; what of it is durable is known here, where files are synced.
//
//   had ──files synced──► durable          written since a sync failed: suspect, until written again
//
// In the record: `open for writing` is committed before the first write after a rest, and taken back when all that is
// had is durable:
//
//   resting ──► opening ──committed──► open ──► closing ──committed──► resting
//
// Bytes are written while it is open, and at no other time.
//
// Doubted pieces stay had in the record, with facts of their files that no file has: the next start hashes them.

import type { FileStat } from "@troupe/actor-runtime";
import {
  bitfieldBytes,
  encodeRecord,
  type JobFacts,
  type JobRecord,
  type SaveJob,
  type Sha1,
} from "@troupe/messages";
import {
  addBits,
  bitsInBoth,
  bitsWithout,
  clearBit,
  countBits,
  fillBits,
  hasAnyBit,
  hasBit,
  setBit,
} from "@troupe/protocol";
import { fileOf, type Storage } from "../storage.ts";
import { copyFacts, matchesFacts, setFacts, invalidateFacts } from "./file-facts.ts";
import type { RecordStore } from "./record-stores.ts";

/** A sync of several files under way. */
export interface SyncRound {
  /** Files to sync, by their place in the torrent. */
  readonly files: readonly number[];
  /** Pieces that will be durable when all of them are synced. */
  readonly pieces: Uint8Array;
}

/** What the engine says of a job. Without `had` there is no change but what was written, doubted and lost. */
export type JobUpdate = Omit<SaveJob, "torrent">;

/** What the store says of a job, as far as that is known: a record that is on its way may be committed at any moment. */
type StoredState = "resting" | "opening" | "open" | "closing";

/** The journal of one job, from the opening of its storage to the end of it. */
export class JobJournal {
  readonly storage: Storage;
  readonly store: RecordStore;
  /** Name of its record in the store. */
  readonly name: string;
  /** Said once that the record cannot be kept. */
  isLossReported = false;
  readonly #infoHash: string;
  readonly #pieceCount: number;
  readonly #had: Uint8Array;
  readonly #durable: Uint8Array;
  readonly #suspect: Uint8Array;
  /** Not had before they are hashed again. */
  readonly #doubted: Uint8Array;
  readonly #unsampled: Uint8Array;
  /** Files whose sync the system does not know, or that failed: what is written to them is not durable. */
  readonly #unsyncable = new Set<number>();
  readonly #facts: BigUint64Array;
  #jobFacts: JobFacts | undefined;
  #storedState: StoredState = "resting";
  #hasChanges = false;

  /** @param durable Pieces that are had and durable by the record; taken over. */
  constructor(
    storage: Storage,
    store: RecordStore,
    infoHash: string,
    {
      durable,
      suspect,
      facts,
    }: Pick<JobRecord, "durable" | "suspect"> & { readonly facts: BigUint64Array },
  ) {
    this.storage = storage;
    this.store = store;
    this.name = recordName(infoHash, storage.folders.root);
    this.#infoHash = infoHash;
    this.#pieceCount = Math.ceil(storage.map.totalBytes / storage.pieceLengthBytes);
    this.#had = new Uint8Array(bitfieldBytes(this.#pieceCount));
    this.#durable = durable;
    this.#suspect = suspect.length === this.#had.length ? suspect : this.#had.slice();
    this.#doubted = this.#had.slice();
    this.#unsampled = this.#had.slice();
    this.#facts = facts;
  }

  /** The engine has said what is had: before that nothing is kept. */
  get isInitialized(): boolean {
    return this.#jobFacts !== undefined;
  }

  /** Something is not yet in the store, or not yet durable. */
  get hasWork(): boolean {
    return this.isInitialized && (this.#hasChanges || this.storage.unsynced.size > 0);
  }

  /** The engine has something to say of it. */
  update({ facts, had, unsampled, doubted = [], lost = [] }: JobUpdate): void {
    const isFirst = this.#jobFacts === undefined;
    this.#jobFacts = facts;
    this.#hasChanges = true;
    for (const piece of [...lost, ...doubted]) {
      // What a failed sync has spoilt stays suspect until it is written again.
      for (const bits of [this.#had, this.#durable, this.#doubted]) clearBit(bits, piece);
    }
    for (const piece of doubted) setBit(this.#doubted, piece);
    if (had === undefined) return;
    this.#doubted.set(bitsWithout(this.#doubted, had));
    this.#unsampled.fill(0);
    if (unsampled !== undefined) this.#unsampled.set(unsampled);
    if (isFirst) {
      this.#durable.set(bitsInBoth(this.#durable, had));
      this.#suspect.set(bitsInBoth(this.#suspect, had));
    }
    // Later on there may be pieces written of which the engine has not heard yet.
    addBits(this.#had, had);
    const notDurable = this.#notDurable();
    const { partFile, unsynced } = this.storage;
    this.#eachFile((file, first, last) => {
      // Of a file that nobody wants there is nothing but what lies in the part file.
      const home = partFile?.isInPartFile[file] === 1 ? partFile.file : file;
      if (hasAnyBit(notDurable, first, last)) unsynced.add(home);
    });
  }

  /** The store has to be told that the job is open for writing, before a byte is written. */
  get mustOpen(): boolean {
    return this.isInitialized && this.store.isLasting && this.#storedState !== "open";
  }

  /** A piece is written, whole. @param isSpoilt A sync failed since its first byte was. */
  pieceWritten(piece: number, isSpoilt: boolean): void {
    setBit(this.#had, piece);
    if (!isSpoilt) clearBit(this.#suspect, piece);
    this.#hasChanges = true;
  }

  /** What would have to be synced now. Files that are written to meanwhile are due again. */
  beginSync(): SyncRound {
    const files = [...this.storage.unsynced];
    return { files, pieces: this.#notDurable() };
  }

  /** One file of a round begins. */
  fileSyncing(file: number): void {
    this.storage.unsynced.delete(file);
  }

  /** One file is on the disk; `found` is how it looked afterwards. */
  fileSynced(file: number, found: FileStat | undefined): void {
    this.#noteFacts(file, found);
    this.#hasChanges = true;
  }

  /**
   * Closes the files, after which a file system may say another time of them: what changes then is our doing, what has
   * changed since the last look before is not.
   */
  closeFiles(stat: (file: number) => FileStat | undefined, close: () => void): void {
    const written = [...this.storage.handles.values()].filter(({ canWrite }) => canWrite);
    const known = written.filter(({ file }) => matchesFacts(this.#facts, file, stat(file)));
    close();
    for (const { file } of known) setFacts(this.#facts, file, stat(file));
  }

  /** The system cannot sync this file, or could not: what was written to it never counts as durable (docs/state.md). */
  fileNotSynced(file: number, isLost: boolean): void {
    if (!isLost) {
      this.#unsyncable.add(file);
      return;
    }
    this.storage.lostSyncs += 1;
    const [first, last] = this.#piecesOf(file) ?? [0, -1];
    // Also those that are not had: bytes of them may have been given to the system, and be found good until it is cut off.
    for (let piece = first; piece <= last; piece += 1) {
      if (!hasBit(this.#durable, piece)) setBit(this.#suspect, piece);
    }
  }

  /** The round is over. @param missing Its files that were not synced. */
  endSync({ pieces }: SyncRound, missing: Iterable<number>): void {
    const proved = bitsWithout(pieces, this.#suspect);
    for (const file of [...missing, ...this.#unsyncable]) {
      const range = this.#piecesOf(file);
      if (range !== undefined) fillBits(proved, range[0], range[1], false);
    }
    addBits(this.#durable, proved);
    this.#hasChanges = true;
  }

  /** Without a store that lasts nothing has to be durable: what is written is what the next start looks for. */
  skipSync(stat: (file: number) => FileStat | undefined): void {
    for (const file of this.storage.unsynced) this.#noteFacts(file, stat(file));
    this.storage.unsynced.clear();
  }

  /**
   * Begins to keep a record, one at a time; {@link saved} or {@link notSaved} ends it.
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
        infoHash: this.#infoHash,
        directory: this.storage.folders.root,
        isOpenForWriting: isOpen,
        pieceCount: this.#pieceCount,
        had: this.#hadOrDoubted(),
        durable: this.store.isLasting ? this.#durable : this.#had,
        suspect: this.#suspect,
        unsampled: bitsInBoth(this.#unsampled, this.#had),
        files: this.#factsToSave(),
      },
      sha1,
    );
  }

  #hadOrDoubted(): Uint8Array {
    const had = this.#had.slice();
    addBits(had, this.#doubted);
    return had;
  }

  #factsToSave(): BigUint64Array {
    if (this.#doubted.every((byte) => byte === 0)) return this.#facts;
    const facts = this.#facts.slice();
    this.#eachFile((file, first, last) => {
      if (hasAnyBit(this.#doubted, first, last)) invalidateFacts(facts, file);
    });
    return facts;
  }

  /** How a file that this run has not written to looked at its start is what its pieces were judged by. */
  #noteFacts(file: number, found: FileStat | undefined): void {
    const { identities, facts } = this.storage;
    const isOurs = identities.written[file] === 1 || found === undefined;
    if (isOurs) setFacts(this.#facts, file, found);
    else copyFacts(this.#facts, file, facts);
  }

  /** Everything that is had is durable, but for what a failed sync has spoilt, which is never believed. */
  get isDurable(): boolean {
    const isEmpty = this.#notDurable().every((byte) => byte === 0);
    return this.storage.unsynced.size === 0 && (isEmpty || !this.store.isLasting);
  }

  /** Bytes of the pieces that are had and not durable, the last piece reckoned as long as the others. */
  get notDurableBytes(): number {
    return countBits(this.#notDurable()) * this.storage.pieceLengthBytes;
  }

  /** The store holds the record. */
  saved(): void {
    this.#storedState = this.#storedState === "closing" ? "resting" : "open";
    this.isLossReported = false;
  }

  /** The store has not taken the record: it may hold the one before, or nothing. */
  notSaved(): void {
    if (this.#storedState !== "open") this.#storedState = "resting";
    this.#hasChanges = true;
  }

  #notDurable(): Uint8Array {
    return bitsWithout(bitsWithout(this.#had, this.#durable), this.#suspect);
  }

  #piecesOf(file: number): readonly [number, number] | undefined {
    return this.storage.map.piecesOf(file, this.storage.pieceLengthBytes);
  }

  #eachFile(visit: (file: number, first: number, last: number) => void): void {
    for (let file = 0; file < this.storage.files.length; file += 1) {
      const range =
        fileOf(this.storage, file).isPadding === true ? undefined : this.#piecesOf(file);
      if (range !== undefined) visit(file, ...range);
    }
  }
}

/** What a job's record is called: it has one for each folder. */
export function recordName(infoHash: string, directory: string): string {
  return `${infoHash} ${directory}`;
}
