// The check pool: threads that check whole torrents, alive only while there is work.

import { siblingUrl, type PoolHandle, type Timer } from "@troupe/actor-runtime";
import { CheckQueue, type CheckRequest } from "./check-queue.ts";
import type { CheckedRun, CheckRun } from "./check-run.ts";
import { ThreadPool, type ThreadPoolOptions } from "../thread-pool.ts";

/** Made by {@link openCheckPool} or `inlineCheckPool`. */
export interface CheckPool extends PoolHandle {
  /** Unanswered runs, whose threads may be in a disk call. */
  readonly running: number;
  /**
   * @returns The good pieces on disk as a bitfield, wire order. Missing, short and unreadable files only fail their
   *   pieces.
   * @throws rejects with the signal's reason, or ActorError: `check-late` when the disk does not answer,
   *   `check-failed` when two threads died at the same run, `check-queue-full` beyond 1 024 torrents,
   *   `check-closed`, `hybrid-inconsistent` for a piece that only one version of a hybrid takes.
   */
  checkPieces(request: CheckRequest): Promise<Uint8Array>;
  /** Ends a thread as a crash would, for tests; @returns false when there is none. */
  killThread(): boolean;
}

/** Options of a check pool. `restarts` of its events counts over the pool's life. */
type CheckPoolOptions = Pick<ThreadPoolOptions, "maxThreads" | "timers" | "onThreadEvent">;

const mebibyte = 1024 * 1024;
/**
 * A share of the remaining bytes lets the threads finish together. Smaller runs are mostly messages; larger runs make
 * progress coarse and an abort slow.
 */
const runsLeftAThread = 4;
const runBytesLeast = 16 * mebibyte;
const runBytesMost = 64 * mebibyte;
/** For a thread's start and a disk that spins up. */
const deadlineBaseMs = 30_000;
/** The slowest working disk: 1 MB/s. */
const deadlineBytesPerMs = 1_000;
const idlePoolMs = 1_000;

/** Threads start with the first check. */
export function openCheckPool(options: CheckPoolOptions): CheckPool {
  return new ThreadCheckPool(options);
}

class ThreadCheckPool implements CheckPool {
  readonly #options: CheckPoolOptions;
  readonly #queue: CheckQueue;
  #pool: ThreadPool<CheckRun, CheckedRun> | undefined;
  #idle: Timer | undefined;
  #running = 0;
  #earlierRestarts = 0;
  /** Kept while their threads still run. */
  #endedPools: readonly ThreadPool<CheckRun, CheckedRun>[] = [];

  constructor(options: CheckPoolOptions) {
    this.#options = options;
    const { maxThreads } = options;
    this.#queue = new CheckQueue(
      { free: () => maxThreads - this.#running, run: (run) => this.#run(run) },
      (leftBytes) => {
        const bytes = leftBytes / (runsLeftAThread * maxThreads);
        return Math.min(Math.max(bytes, runBytesLeast), runBytesMost);
      },
    );
  }

  get threads(): number {
    return this.#pool?.threads ?? 0;
  }

  get running(): number {
    return this.#running;
  }

  get queued(): number {
    return this.#queue.queued;
  }

  get restarts(): number {
    return this.#earlierRestarts + (this.#pool?.restarts ?? 0);
  }

  get abandoned(): number {
    const pools = this.#pool === undefined ? this.#endedPools : [...this.#endedPools, this.#pool];
    return pools.reduce((sum, { abandoned }) => sum + abandoned, 0);
  }

  checkPieces(request: CheckRequest): Promise<Uint8Array> {
    return this.#queue.add(request);
  }

  killThread(): boolean {
    return this.#pool?.killThread() ?? false;
  }

  async close(): Promise<void> {
    this.#queue.close();
    await this.#endThreads();
  }

  async #run(run: CheckRun): Promise<CheckedRun> {
    this.#idle?.cancel();
    this.#idle = undefined;
    this.#pool ??= this.#openThreads();
    this.#running += 1;
    try {
      const deadlineMs = deadlineBaseMs + run.lengthBytes / deadlineBytesPerMs;
      return await this.#pool.run(run, { deadlineMs });
    } finally {
      this.#running -= 1;
      if (this.#running === 0 && this.#pool !== undefined) {
        this.#idle ??= this.#options.timers.after(idlePoolMs, () => void this.#endThreads());
      }
    }
  }

  #openThreads(): ThreadPool<CheckRun, CheckedRun> {
    const { maxThreads, timers, onThreadEvent } = this.#options;
    return new ThreadPool<CheckRun, CheckedRun>({
      name: "check",
      taskFile: siblingUrl(import.meta.url, "./check.task"),
      maxThreads,
      timers,
      isLateFinal: true,
      onThreadEvent: (event) =>
        onThreadEvent?.({ ...event, restarts: this.#earlierRestarts + event.restarts }),
    });
  }

  #endThreads(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    this.#idle?.cancel();
    this.#idle = undefined;
    if (pool === undefined) return Promise.resolve();
    const closed = pool.close();
    this.#earlierRestarts += pool.restarts;
    this.#endedPools = [...this.#endedPools, pool].filter(({ abandoned }) => abandoned > 0);
    return closed;
  }
}
