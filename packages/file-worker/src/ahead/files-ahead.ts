// Creates files ahead of their first write, in another thread: a file system may search half a millisecond for a free
// place, and the writing thread has other work. Only files that verified pieces wait for.

import type { Context, Disk, Supervisor, Timer } from "@troupe/actor-runtime";
import type { FileAccess, FileProtocol } from "@troupe/messages";
import { fileMakerTree } from "./file-maker-tree.ts";
import type { FileMakerProtocol } from "./file-maker.actor.ts";
import type { OpenFiles } from "../files/open-files.ts";
import { refusalFrom } from "../refusals.ts";
import { fileOf, filePath, type Storage } from "../storage.ts";

/** Milliseconds per file from which a thread pays; a usual file takes 0.03. */
const slowMs = 0.1;
const leastFiles = 32;
/** Files per batch, and batches under way: some 15 ms of work. */
const batchFiles = 16;
const batchesUnderWay = 2;
/** Without work the thread ends; after a failure it is left alone for as long. */
const idleMs = 10_000;
/** A disk call may take as long as it likes: its file counts as under way. */
const makingDeadlineMs = 604_800_000;

interface Candidate {
  readonly storage: Storage;
  readonly file: number;
}

/** Files created ahead for a storage. */
interface Progress {
  /** 1 for each former candidate. */
  readonly seen: Uint8Array;
  /** Created by the thread. */
  readonly made: Set<number>;
  /** Batches with its files. */
  underWay: number;
  readonly onIdle: (() => void)[];
}

/** Creates the files of a file-worker ahead. */
export class FilesAhead {
  readonly #context: Context<FileProtocol>;
  readonly #disk: Disk;
  readonly #access: FileAccess | undefined;
  readonly #files: OpenFiles;
  /** Files whose first bytes wait. The last are created first: the writes come from the other end. */
  #candidates: Candidate[] = [];
  readonly #progress = new Map<Storage, Progress>();
  #tree: Promise<Supervisor> | undefined;
  #underWay = 0;
  #idle: Timer | undefined;
  /** Why no file is made; undefined while files are. */
  #rest: "failed" | "closed" | undefined;

  /** @param access Permissions of new files. */
  constructor(
    context: Context<FileProtocol>,
    { disk, access }: { readonly disk: Disk; readonly access: FileAccess | undefined },
    files: OpenFiles,
  ) {
    this.#context = context;
    this.#disk = disk;
    this.#access = access;
    this.#files = files;
  }

  /** Expects the first bytes of the files of a piece. */
  expect(storage: Storage, piece: number): void {
    if (this.#rest !== undefined) return;
    if (storage.map.fileCount < leastFiles || this.#files.makingMs < slowMs) return;
    const { seen } = this.#progressOf(storage);
    for (const { file } of storage.map.spansOf(piece)) {
      if (seen[file] === 1) continue;
      seen[file] = 1;
      this.#candidates.push({ storage, file });
    }
    this.#makeBatches();
  }

  /**
   * Resolves when no file of this storage is being created. The thread gets no further file before the caller's next
   * pause.
   */
  whenIdle(storage: Storage): Promise<void> {
    const progress = this.#progress.get(storage);
    if (progress === undefined || progress.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => {
      progress.onIdle.push(resolve);
    });
  }

  /** Removes files that are still empty and no longer wanted. After {@link whenIdle}. */
  removeUnwanted(storage: Storage): void {
    const progress = this.#progress.get(storage);
    for (const file of progress?.made ?? []) {
      if (!storage.unwanted.has(file) || !isUnknown(storage, file)) continue;
      progress?.made.delete(file);
      progress?.seen.fill(0, file, file + 1);
      this.#removeEmpty(filePath(storage, file));
    }
  }

  /** Drops the storage's state. Call it when {@link whenIdle}. */
  forget(storage: Storage): void {
    this.#progress.delete(storage);
    this.#candidates = this.#candidates.filter((candidate) => candidate.storage !== storage);
  }

  /** Begins no further batch: the file-worker ends. */
  close(): void {
    this.#rest = "closed";
    this.#candidates = [];
    this.#idle?.cancel();
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
      const paths = batch.map(({ storage, file }) => filePath(storage, file));
      this.#make(paths)
        .then((made) => this.#batchDone(batch, storages, made))
        .catch((error: unknown) => this.#context.fail(error));
    }
  }

  /** @returns The created files' positions in `paths`; none without the thread, whose files the writer creates. */
  async #make(paths: readonly string[]): Promise<readonly number[]> {
    // A file-worker can do without: the end of the restarts is not its end.
    const spec = fileMakerTree(this.#access);
    this.#tree ??= this.#context.supervise(spec, { gaveUp: () => undefined });
    try {
      const tree = await this.#tree;
      await tree.startChild("file-maker");
      const maker = tree.ref<FileMakerProtocol>("file-maker");
      return (await maker.call("make-files", { paths }, { deadlineMs: makingDeadlineMs })).made;
    } catch (error) {
      this.#failed(error);
      return [];
    }
  }

  /** The writer creates the files that wait. */
  #failed(error: unknown): void {
    if (this.#rest !== undefined) return;
    this.#context.log("warn", "files-not-made-ahead", { error });
    this.#rest = "failed";
    this.#candidates = [];
  }

  /** Takes the next files to create. A storage that a caller waits for gives none. */
  #takeBatch(): Candidate[] {
    const batch: Candidate[] = [];
    while (batch.length < batchFiles) {
      const candidate = this.#candidates.pop();
      if (candidate === undefined) break;
      const { storage, file } = candidate;
      if (this.#progressOf(storage).onIdle.length > 0 || !mayBeMade(candidate)) continue;
      // A refused folder probably refuses the next file: the writer reports why.
      if (storage.folders.make(fileOf(storage, file).path) !== undefined) break;
      batch.push(candidate);
    }
    return batch;
  }

  /** @param made Batch indexes of the created files. */
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
    // In a later turn: callers that wait for a storage go first.
    this.#context.timers.soon(() => this.#makeMore());
  }

  #makeMore(): void {
    this.#makeBatches();
    if (this.#underWay > 0 || this.#rest === "closed") return;
    this.#idle?.cancel();
    this.#idle = this.#context.timers.after(idleMs, () => void this.#endIdle());
  }

  async #endIdle(): Promise<void> {
    const tree = this.#tree;
    if (this.#rest === "failed") this.#rest = undefined;
    try {
      await (await tree)?.stopChild("file-maker");
    } catch {
      // The tree did not start: a later batch starts another.
      if (this.#tree === tree) this.#tree = undefined;
    }
  }

  #removeEmpty(path: string): void {
    try {
      const found = this.#disk.stat(path);
      if (found?.kind === "file" && found.lengthBytes === 0) this.#disk.remove(path);
    } catch (error) {
      // The empty file stays.
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
    fileOf(storage, file).isPadding !== true && storage.partFile?.parted.has(file) !== true;
  return isOnDisk && storage.closing === undefined && isUnknown(storage, file);
}
