// The check pool: whole torrents on the disk against their hashes, with threads that live as long as there is work.

import { siblingUrl } from "@troupe/actor-runtime";
import type { PoolHandle, Timer, Timers } from "@troupe/actor-runtime";
import { CheckQueue } from "./check-queue.ts";
import type { CheckRequest } from "./check-queue.ts";
import type { CheckedRun, CheckRun } from "./check-run.ts";
import { ThreadPool } from "../thread-pool.ts";
import type { PoolThreadEvent } from "../thread-pool.ts";

/** Checks torrents. Made by {@link openCheckPool} or `inlineCheckPool`. */
export interface CheckPool extends PoolHandle {
  /**
   * Hashes every piece of a torrent that is on the disk.
   *
   * @returns The good pieces as a bitfield, wire order. Missing, short and unreadable files only fail their pieces.
   * @throws rejects with the signal's reason, or ActorError: `check-late` when the disk does not answer,
   *   `check-failed` when two threads died at one run, `check-queue-full` beyond 1 024 torrents, `check-closed`.
   */
  checkPieces(request: CheckRequest): Promise<Uint8Array>;
  /** Ends one thread as a crash would, for tests and chaos; @returns false when there is none. */
  killThread(): boolean;
}

/** Settings of a check pool. */
export interface CheckPoolOptions {
  /** Threads at most; 1 or more. */
  readonly maxThreads: number;
  readonly timers: Timers;
  /** Told of every thread that starts or is lost; `restarts` over all of the pool's life. */
  readonly onThreadEvent?: (event: PoolThreadEvent) => void;
}

const mebibyte = 1024 * 1024;
/**
 * A run is a part of what is left, so that the threads end together. Below these bounds it is mostly messages; above
 * them progress is coarse and an abort slow.
 */
const runsLeftAThread = 4;
const runBytesLeast = 16 * mebibyte;
const runBytesMost = 64 * mebibyte;
/** Time that a run may take beside reading: a thread's start, and a disk that wakes up. */
const deadlineBaseMs = 30_000;
/** The slowest disk that is believed to answer: 1 MB/s. */
const deadlineBytesPerMs = 1_000;
/** Threads without work are ended after this long. */
const idlePoolMs = 1_000;

/** Opens a check pool. It has no thread until there is something to check. */
export function openCheckPool(options: CheckPoolOptions): CheckPool {
  return new ThreadCheckPool(options);
}

class ThreadCheckPool implements CheckPool {
  readonly #options: CheckPoolOptions;
  readonly #queue: CheckQueue;
  #pool: ThreadPool<CheckRun, CheckedRun> | undefined;
  #idle: Timer | undefined;
  #running = 0;
  /** Threads lost by pools that have been ended. */
  #earlierRestarts = 0;
  /** Pools that have been ended, as long as threads of theirs run still. */
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
