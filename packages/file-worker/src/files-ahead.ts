// Files made ahead of their first write, by a thread of their own, where making one takes long: a file system may have
// to look for a free place for half a millisecond, and the thread that writes has other things to do meanwhile. Only
// files that verified pieces wait for are made.

import type { Context, Disk, FileMaker, Timer } from "@troupe/actor-runtime";
import type { FileProtocol } from "@troupe/messages";
import type { OpenFiles } from "./open-files.ts";
import { refusalFrom } from "./refusals.ts";
import { fileOf, filePath } from "./storage.ts";
import type { Storage } from "./storage.ts";

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

/** The files of one file-worker that are made ahead. */
export class FilesAhead {
  readonly #context: Context<FileProtocol>;
  readonly #disk: Disk;
  readonly #files: OpenFiles;
  /** Whose first bytes wait to be written. The last ones are made first: the writes come from the other end. */
  #candidates: Candidate[] = [];
  /** Per storage, 1 for each file that was a candidate. */
  readonly #seen = new WeakMap<Storage, Uint8Array>();
  /** Given to the thread and not written to when last looked at. */
  readonly #given = new Set<Candidate>();
  readonly #onStill: (() => void)[] = [];
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
    let seen = this.#seen.get(storage);
    if (seen === undefined) this.#seen.set(storage, (seen = new Uint8Array(storage.map.fileCount)));
    for (const { file } of storage.map.spans(position, lengthBytes)) {
      if (seen[file] === 1) continue;
      seen[file] = 1;
      this.#candidates.push({ storage, file });
    }
    this.#give();
  }

  /**
   * Settles when the thread is making nothing. It is given nothing more before what awaits this has run on to its next
   * pause.
   */
  still(): Promise<void> {
    if (this.#underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onStill.push(resolve);
    });
  }

  /** Removes the files that were made ahead and are wanted no more, still empty. To be called when it is {@link still}. */
  withdraw(storage: Storage): void {
    for (const given of this.#given) {
      if (given.storage !== storage) continue;
      this.#given.delete(given);
      this.#seen.get(storage)?.fill(0, given.file, given.file + 1);
      if (storage.unwanted.has(given.file) && isUnwritten(given)) this.#remove(given);
    }
  }

  /** Knows nothing of this storage any more. To be called when it is {@link still}. */
  forget(storage: Storage): void {
    for (const given of this.#given) if (given.storage === storage) this.#given.delete(given);
    this.#candidates = this.#candidates.filter((candidate) => candidate.storage !== storage);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    this.#idle?.cancel();
    const maker = this.#maker;
    this.#maker = undefined;
    await maker?.close();
  }

  #give(): void {
    while (
      this.#underWay < batchesUnderWay &&
      this.#candidates.length >= leastFiles &&
      this.#onStill.length === 0
    ) {
      const paths = this.#takeBatch();
      if (paths.length === 0) return;
      this.#idle?.cancel();
      this.#underWay += 1;
      this.#maker ??= this.#disk.openMaker();
      this.#maker.make(paths, () => this.#done());
    }
  }

  #takeBatch(): string[] {
    const paths: string[] = [];
    while (paths.length < batchFiles) {
      const candidate = this.#candidates.pop();
      if (candidate === undefined) break;
      if (!mayBeMade(candidate)) continue;
      const { storage, file } = candidate;
      if (storage.folders.make(fileOf(storage, file).path) !== undefined) continue;
      paths.push(filePath(storage, file));
      this.#given.add(candidate);
    }
    return paths;
  }

  #done(): void {
    this.#underWay -= 1;
    for (const given of this.#given) if (!isUnwritten(given)) this.#given.delete(given);
    if (this.#underWay > 0) return this.#give();
    for (const resolve of this.#onStill.splice(0)) resolve();
    this.#idle = this.#context.timers.after(idleMs, () => void this.close());
  }

  #remove({ storage, file }: Candidate): void {
    const path = filePath(storage, file);
    try {
      const found = this.#disk.stat(path);
      if (found?.kind === "file" && found.lengthBytes === 0) this.#disk.remove(path);
    } catch (error) {
      // It stays, empty. What is not the system's word is thrown.
      refusalFrom(error, "remove", path);
    }
  }
}

/** Never seen on the disk, by us or by whoever closed it. */
function isUnwritten({ storage, file }: Candidate): boolean {
  return storage.knownBytes[file] === -1 && storage.looks.inodes[file] === 0;
}

function mayBeMade(candidate: Candidate): boolean {
  const { storage, file } = candidate;
  const isOnDisk = fileOf(storage, file).isPadding !== true && storage.parts?.isParted[file] !== 1;
  return isOnDisk && storage.closing === undefined && isUnwritten(candidate);
}
