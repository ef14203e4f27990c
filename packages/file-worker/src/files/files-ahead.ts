// Files made ahead of their first write, by a thread of their own, where making one takes long: a file system may have
// to look for a free place for half a millisecond, and the thread that writes has other things to do meanwhile. Only
// files that verified pieces wait for are made.

import type { Context, Disk, FileMaker, Timer } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";
import type { OpenFiles } from "./open-files.ts";
import { refusalFrom } from "../refusals.ts";
import { fileOf, filePath } from "../storage.ts";
import type { Storage } from "../storage.ts";

/** Milliseconds that a file takes, on average, where a thread for it pays; a usual one takes 0.03. */
const slowMs = 0.1;
/** Files that wait before they are worth a thread's attention. */
const leastFiles = 32;
/** Files the thread is given at once, and how often before it has answered: some 15 ms of work. */
const batchFiles = 16;
const batchesUnderWay = 2;
/** The thread is ended when it has had nothing to do for so long. */
const idleMs = 10_000;

interface Candidate {
  readonly storage: Storage;
  readonly file: number;
}

/** What has been done about one storage. */
interface Progress {
  /** 1 for each file that was a candidate. */
  readonly seen: Uint8Array;
  /** Files that the thread has made. */
  readonly made: Set<number>;
  /** Batches under way with a file of it. */
  underWay: number;
  readonly onIdle: (() => void)[];
}

/** The files of one file-worker that are made ahead. */
export class FilesAhead {
  readonly #context: Context<FileProtocol>;
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  /** Whose first bytes wait to be written. The last ones are made first: the writes come from the other end. */
  #candidates: Candidate[] = [];
  readonly #progress = new Map<Storage, Progress>();
  #maker: FileMaker | undefined;
  #underWay = 0;
  #idle: Timer | undefined;

  constructor(context: Context<FileProtocol>, disk: Disk, files: OpenFiles) {
    this.#context = context;
    this.#disk = disk;
    this.#files = files;
  }

  /** Hears that these bytes of a torrent wait to be written. */
  expect(storage: Storage, position: number, lengthBytes: number): void {
    if (storage.map.fileCount < leastFiles || this.#files.makingMs < slowMs) return;
    const { seen } = this.#progressOf(storage);
    for (const { file } of storage.map.spans(position, lengthBytes)) {
      if (seen[file] === 1) continue;
      seen[file] = 1;
      this.#candidates.push({ storage, file });
    }
    this.#makeBatches();
  }

  /**
   * Settles when no file of this storage is being made. None is given to the thread before what awaits this has run on
   * to its next pause.
   */
  whenIdle(storage: Storage): Promise<void> {
    const progress = this.#progress.get(storage);
    if (progress === undefined || progress.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      progress.onIdle.push(resolve);
    });
  }

  /** Removes the files that were made ahead and are wanted no more, still empty. To be called when it is {@link whenIdle}. */
  removeUnwanted(storage: Storage): void {
    const progress = this.#progress.get(storage);
    for (const file of progress?.made ?? []) {
      if (!storage.unwanted.has(file) || !isUnknown(storage, file)) continue;
      progress?.made.delete(file);
      progress?.seen.fill(0, file, file + 1);
      this.#removeEmpty(filePath(storage, file));
    }
  }

  /** Knows nothing of this storage any more. To be called when it is {@link whenIdle}. */
  forget(storage: Storage): void {
    this.#progress.delete(storage);
    this.#candidates = this.#candidates.filter((candidate) => candidate.storage !== storage);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#idle?.cancel();
    const maker = this.#maker;
    this.#maker = undefined;
    await maker?.close();
  }

  #progressOf(storage: Storage): Progress {
    const known = this.#progress.get(storage);
    if (known !== undefined) return known;
    const seen = new Uint8Array(storage.map.fileCount);
    const progress = { seen, made: new Set<number>(), underWay: 0, onIdle: [] };
    this.#progress.set(storage, progress);
    return progress;
  }

  #makeBatches(): void {
    while (this.#underWay < batchesUnderWay && this.#candidates.length >= leastFiles) {
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      this.#idle?.cancel();
      const storages = new Set(batch.map(({ storage }) => storage));
      for (const storage of storages) this.#progressOf(storage).underWay += 1;
      this.#underWay += 1;
      this.#maker ??= this.#disk.openMaker();
      const paths = batch.map(({ storage, file }) => filePath(storage, file));
      this.#maker.make(paths, (made) => this.#batchDone(batch, storages, made));
    }
  }

  /** Those of the storage that the last candidate is of; none while somebody waits for that to be still. */
  #takeBatch(): Candidate[] {
    const batch: Candidate[] = [];
    while (batch.length < batchFiles) {
      const candidate = this.#candidates.pop();
      if (candidate === undefined) break;
      const { storage, file } = candidate;
      if (this.#progressOf(storage).onIdle.length > 0 || !mayBeMade(candidate)) continue;
      // What refuses one folder has something against the next: the writer hears what.
      if (storage.folders.make(fileOf(storage, file).path) !== undefined) break;
      batch.push(candidate);
    }
    return batch;
  }

  /** @param made Places in the batch of the files that the thread has made. */
  #batchDone(
    batch: readonly Candidate[],
    storages: ReadonlySet<Storage>,
    made: readonly number[],
  ): void {
    this.#underWay -= 1;
    for (const place of made) {
      const candidate = batch[place];
      if (candidate !== undefined) this.#progressOf(candidate.storage).made.add(candidate.file);
    }
    for (const storage of storages) {
      const progress = this.#progressOf(storage);
      progress.underWay -= 1;
      if (progress.underWay === 0) for (const resolve of progress.onIdle.splice(0)) resolve();
    }
    // In a turn of its own: who waited for a storage to be still goes first.
    this.#context.timers.soon(() => this.#makeMore());
  }

  #makeMore(): void {
    this.#makeBatches();
    if (this.#underWay > 0) return;
    this.#idle?.cancel();
    this.#idle = this.#context.timers.after(idleMs, () => void this.close());
  }

  #removeEmpty(path: string): void {
    try {
      const found = this.#disk.stat(path);
      if (found?.kind === "file" && found.lengthBytes === 0) this.#disk.remove(path);
    } catch (error) {
      // It stays, empty. What is not the system's word is thrown.
      refusalFrom(error, "remove", path);
    }
  }
}

/** Neither found at the start nor opened since. */
function isUnknown(storage: Storage, file: number): boolean {
  return storage.knownBytes[file] === -1 && storage.identities.inodes[file] === 0;
}

function mayBeMade({ storage, file }: Candidate): boolean {
  const isOnDisk =
    fileOf(storage, file).isPadding !== true && storage.partFile?.isInPartFile[file] !== 1;
  return isOnDisk && storage.closing === undefined && isUnknown(storage, file);
}
