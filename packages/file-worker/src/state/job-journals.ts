import type { Context, Disk, FileStat, Timer } from "@troupe/actor-runtime";
import type { FileProtocol, JobFacts, StorageRefusal } from "@troupe/messages";
import { readingPath } from "../files/linked-files.ts";
import { refusalFrom, systemCode } from "../refusals.ts";
import { filePath, type Storage } from "../storage.ts";
import type { JobJournal, JobUpdate } from "./job-journal.ts";
import type { RecordStore } from "./record-stores.ts";
import { DeadlineLock } from "./deadline-lock.ts";

/** From the first change to its round: a power cut loses at most this and the round itself. */
export const roundEveryMs = 10_000;
/** From a job's rest to its extra round, so that a program that ends then does not wait. */
export const soonMs = 1_000;
/**
 * Above this a job ends without a sync, which takes seconds on a slow disk; hashing as much at the next start takes
 * less.
 */
export const syncAtEndBytes = 64 * 1024 * 1024;
/** A longer round is interrupted; the next starts with the rest. */
const roundMs = 60_000;
/** Before a failed store is retried. */
const retryMs = 15_000;
/** Per commit: 500 of 2,000 pieces are half a megabyte. */
const jobsPerCommit = 500;

/** After these sync errors the system has dropped unwritten bytes. */
const lossCodes: ReadonlySet<string> = new Set(["EIO", "ENOSPC", "EDQUOT"]);
/** Sync errors that may be retried. */
const retryCodes: ReadonlySet<string> = new Set(["EMFILE", "ENFILE", "EINTR", "EAGAIN"]);

/** How a job ends. */
interface JournalEnd {
  readonly facts: JobFacts;
  /** Without an error, and with known had pieces. */
  readonly isOrderly: boolean;
  /** For syncing its files. */
  readonly withinMs: number;
  readonly close: () => void;
}

/**
 * Makes the writes of all jobs durable and saves their records: files are synced singly in the system's pool, records
 * committed together.
 */
export class JobJournals {
  readonly #context: Context<FileProtocol>;
  readonly #disk: Disk;
  readonly #journals = new Map<Storage, JobJournal>();
  readonly #lock: DeadlineLock;
  #planned: { readonly timer: Timer; readonly atMs: number } | undefined;
  #isClosed = false;
  /** With the end of the save. */
  readonly #saving = new Map<JobJournal, Promise<void>>();
  /** Retry times of failed stores. */
  readonly #brokenUntilMs = new Map<RecordStore, number>();

  constructor(context: Context<FileProtocol>, disk: Disk) {
    this.#context = context;
    this.#disk = disk;
    this.#lock = new DeadlineLock(context);
  }

  get(storage: Storage): JobJournal | undefined {
    return this.#journals.get(storage);
  }

  add(journal: JobJournal): void {
    this.#journals.set(journal.storage, journal);
  }

  drop(storage: Storage): void {
    this.#journals.delete(storage);
  }

  update(storage: Storage, news: JobUpdate): void {
    this.#journals.get(storage)?.update(news);
    this.#plan(roundEveryMs);
  }

  /** Whether the record says open for writing, or cannot be kept. */
  mayWrite(storage: Storage): boolean {
    const journal = this.#journals.get(storage);
    if (journal === undefined || !journal.mustOpen) return true;
    // A save under way has not failed yet.
    return !this.#saving.has(journal) && this.#isBroken(journal.store);
  }

  /** Resolves when bytes may be written. */
  async openForWriting(storage: Storage): Promise<void> {
    while (!this.mayWrite(storage)) {
      const journal = this.#journals.get(storage);
      if (journal === undefined) return;
      await (this.#saving.get(journal) ?? this.#commit([journal], () => true));
    }
  }

  /** Saves the record of an open job now. Without a store that works the job runs without a record. */
  async save(storage: Storage): Promise<void> {
    const journal = this.#journals.get(storage);
    if (journal?.isInitialized !== true) return;
    while (this.#saving.has(journal)) await this.#saving.get(journal);
    await this.#commit([journal], () => true);
  }

  /** @param isSpoilt A sync failed since their first byte. */
  piecesWritten(storage: Storage, pieces: readonly number[], isSpoilt: boolean): void {
    const journal = this.#journals.get(storage);
    for (const piece of pieces) journal?.pieceWritten(piece, isSpoilt);
    this.#plan(roundEveryMs);
  }

  /** A job rests: syncs it before the next round. */
  syncSoon(): void {
    this.#plan(soonMs);
  }

  /** Syncs within the limit, and saves the last record. */
  async end(storage: Storage, { facts, isOrderly, withinMs, close }: JournalEnd): Promise<void> {
    const journal = this.#journals.get(storage);
    if (journal?.isInitialized === true) {
      journal.update({ facts });
      const isMuch = journal.notDurableBytes > syncAtEndBytes;
      if (journal.store.isLasting) await this.#syncOnce([journal], isMuch ? 0 : withinMs);
      else journal.skipSync((file) => this.#stat(storage, file));
      await this.#saving.get(journal);
      // The thread has ended: the store still says open for writing.
      if (this.#isClosed) return;
      journal.closeFiles((file) => this.#stat(storage, file), close);
      await this.#commit([journal], () => !isOrderly || !journal.isDurable);
    }
    this.drop(storage);
  }

  close(): void {
    this.#isClosed = true;
  }

  #plan(afterMs: number): void {
    const atMs = this.#context.clock.nowMs() + afterMs;
    if (this.#isClosed || (this.#planned !== undefined && this.#planned.atMs <= atMs)) return;
    this.#planned?.timer.cancel();
    const timer = this.#context.timers.after(afterMs, () => {
      this.#planned = undefined;
      this.#round().catch((error: unknown) => this.#context.fail(error));
    });
    this.#planned = { timer, atMs };
  }

  async #round(): Promise<void> {
    const isDue = (journal: JobJournal): boolean =>
      this.#journals.get(journal.storage) === journal && journal.store.isLasting && journal.hasWork;
    const isFree = (journal: JobJournal): boolean => isDue(journal) && !this.#saving.has(journal);
    const due = [...this.#journals.values()].filter(isDue);
    if (due.length === 0) return;
    await this.#syncOnce(due, roundMs);
    if (this.#isClosed) return;
    // Other journals have saved their last record, or are being saved.
    const left = due.filter(isFree);
    for (let at = 0; at < left.length; at += jobsPerCommit) {
      const together = left.slice(at, at + jobsPerCommit).filter(isFree);
      await this.#commit(together, (journal) => !journal.isDurable);
    }
    if (due.some(isDue)) this.#plan(roundEveryMs);
  }

  /** A single round at a time, over all torrents. */
  async #syncOnce(journals: readonly JobJournal[], withinMs: number): Promise<void> {
    const untilMs = this.#context.clock.nowMs() + withinMs;
    if (journals.every(({ storage }) => storage.unsynced.size === 0)) {
      // Nothing to sync, but another round may still sync these files.
      if (await this.#lock.enter(untilMs)) this.#lock.leave();
      else return;
      for (const journal of journals) journal.endSync(journal.beginSync(), []);
      return;
    }
    if (!(await this.#lock.enter(untilMs))) return;
    let underWay: Promise<void> = Promise.resolve();
    for (const journal of journals) {
      const round = journal.beginSync();
      const missing = new Set(round.files);
      for (const file of round.files) {
        if (this.#isOver(untilMs, withinMs)) break;
        const synced = this.#syncFile(journal, file);
        underWay = synced.then(
          () => undefined,
          () => undefined,
        );
        const isDone = await this.#withDeadline(untilMs, synced);
        if (isDone) missing.delete(file);
      }
      journal.endSync(round, missing);
      if (this.#isOver(untilMs, withinMs)) break;
    }
    // A hung call holds the lock: further rounds would fill the system's pool.
    void underWay.then(() => this.#lock.leave());
  }

  /** A timed round yields to a job that ends. */
  #isOver(untilMs: number, withinMs: number): boolean {
    if (this.#isClosed) return true;
    return this.#context.clock.nowMs() >= untilMs || (withinMs === roundMs && this.#lock.isWanted);
  }

  /** @returns The result, or false at the deadline. */
  #withDeadline(untilMs: number, task: Promise<boolean>): Promise<boolean> {
    const { clock, timers } = this.#context;
    return new Promise((resolve, reject) => {
      const late = timers.after(Math.max(0, untilMs - clock.nowMs()), () => resolve(false));
      task.finally(() => late.cancel()).then(resolve, reject);
    });
  }

  #syncFile(journal: JobJournal, file: number): Promise<boolean> {
    const { storage } = journal;
    const path = filePath(storage, file);
    journal.fileSyncing(file);
    return new Promise((resolve) => {
      const done = (error: unknown, found?: FileStat): void => {
        const isThere = filePath(storage, file) === path;
        // The next round syncs a file that was renamed meanwhile, because another file may have its old path.
        if (!isThere) storage.unsynced.add(file);
        else if (error === undefined) journal.fileSynced(file, found);
        else this.#notSynced(journal, file, error);
        resolve(isThere && error === undefined);
      };
      try {
        this.#disk.syncLater(path, done);
      } catch (error) {
        done(error);
      }
    });
  }

  #notSynced(journal: JobJournal, file: number, error: unknown): void {
    const { storage } = journal;
    const refusal = refusalFrom(error, "sync", filePath(storage, file));
    const code = systemCode(error) ?? "";
    if (retryCodes.has(code)) {
      storage.unsynced.add(file);
      return;
    }
    journal.fileNotSynced(file, lossCodes.has(code));
    if (lossCodes.has(code)) this.#report("sync-failed", storage, refusal);
  }

  #stat(storage: Storage, file: number): ReturnType<Disk["stat"]> {
    try {
      return this.#disk.stat(readingPath(storage, file));
    } catch {
      // Recorded as absent: the next start hashes it.
      return undefined;
    }
  }

  /** None of the jobs is being saved. Resolves in any case. */
  async #commit(
    journals: readonly JobJournal[],
    isOpen: (journal: JobJournal) => boolean,
  ): Promise<void> {
    const byStore = Map.groupBy(journals, ({ store }) => store);
    const saves = [...byStore].map(([store, together]) => {
      if (this.#isBroken(store)) return Promise.resolve();
      const saving = this.#save(store, together, isOpen).finally(() => {
        for (const journal of together) this.#saving.delete(journal);
      });
      for (const journal of together) this.#saving.set(journal, saving);
      return saving;
    });
    await Promise.all(saves);
  }

  async #save(
    store: RecordStore,
    journals: readonly JobJournal[],
    isOpen: (journal: JobJournal) => boolean,
  ): Promise<void> {
    const { sha1 } = this.#context;
    const records = journals.map(
      (journal) => [journal.name, journal.beginSave(isOpen(journal), sha1)] as const,
    );
    try {
      await store.write(new Map(records));
      for (const journal of journals) journal.saved();
      this.#brokenUntilMs.delete(store);
    } catch (error) {
      this.#brokenUntilMs.set(store, this.#context.clock.nowMs() + retryMs);
      for (const journal of journals) {
        journal.notSaved();
        this.#reportLoss(journal, error);
      }
    }
  }

  #isBroken(store: RecordStore): boolean {
    return (this.#brokenUntilMs.get(store) ?? 0) > this.#context.clock.nowMs();
  }

  /** The job runs anyway: the next start hashes its files. */
  #reportLoss(journal: JobJournal, error: unknown): void {
    const refusal = refusalFrom(error, "keep the record of", journal.storage.folders.root);
    if (journal.isLossReported) return;
    journal.isLossReported = true;
    this.#report("record-not-saved", journal.storage, refusal);
  }

  /** Without room for the notice only the log has it. */
  #report(
    name: "sync-failed" | "record-not-saved",
    { torrent }: Storage,
    refusal: StorageRefusal,
  ): void {
    this.#context.log("warn", name, { torrent, ...refusal });
    if (this.#context.noticeCredits > 0) this.#context.emit(name, { torrent, ...refusal });
  }
}
