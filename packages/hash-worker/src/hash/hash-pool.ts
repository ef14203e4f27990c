import { codeOf, siblingUrl, type PoolHandle } from "@troupe/actor-runtime";
import type { DigestRule } from "@troupe/protocol/piece-digest";
import type { HashBatch } from "./hash.task.ts";
import { poolClosed, queueFull } from "../pool-errors.ts";
import {
  digestGroup,
  digestWithBlocks,
  type DigestGroup,
  type GroupDigests,
} from "./digest-group.ts";
import { ThreadPool, type ThreadPoolOptions } from "../thread-pool.ts";

/** A whole piece in shared memory, unchanged until its digest has arrived. */
export interface HashTask {
  readonly memory: SharedArrayBuffer;
  readonly offset: number;
  /** 1 or more. */
  readonly lengthBytes: number;
  /** Without the padding at its end, which nodes leave out. Default: all. */
  readonly dataBytes?: number;
}

/** Hashes sealed extents. Made by {@link openHashPool} or `inlineHashPool`. */
export interface HashPool extends PoolHandle {
  /**
   * Hashes pieces, in one promise for all of them.
   *
   * @param tasks 1 or more; kept until the answer.
   */
  digestAll(tasks: readonly HashTask[], rule: DigestRule): Promise<GroupDigests>;
  /**
   * @returns The digest of the piece and those of its blocks in order, without padding.
   * @throws rejects with an error as in {@link GroupDigests}.
   */
  digestBlocks(task: HashTask, rule: DigestRule): Promise<Uint8Array>;
  /** Ends a thread as a crash would, for tests; @returns false when there is none. */
  killThread(): boolean;
  /** The first try of the next piece loops endlessly, for chaos. */
  hangThread(): void;
}

/** Options of a hash pool. */
interface HashPoolOptions extends Pick<
  ThreadPoolOptions,
  "minThreads" | "maxThreads" | "timers" | "onThreadEvent"
> {
  /** Further pieces are refused. Default 4 096: 64 MiB of the smallest pieces. */
  readonly maxQueued?: number;
}

/** For a thread's start on a busy machine. */
const deadlineBaseMs = 2_000;
/** The slowest working thread: 100 MB/s. */
const deadlineBytesPerMs = 100_000;
/**
 * Waiting pieces go in batches: a task wakes two threads, which costs 50 µs of CPU and more on a virtual machine. The
 * first piece of a batch waits 2 ms longer.
 */
const batchBytes = 4 * 1024 * 1024;
const batchPieces = 64;
/** Bytes waiting for each busy thread at which another starts: a thread hashes 2 GB/s and costs 12 MB. */
const helpedBytes = 4 * 1024 * 1024;
/** The start of a thread takes as much CPU time as hashing 40 MiB: a short download has one thread. */
const newThreadBytes = 64 * 1024 * 1024;

/** A piece of a group. */
interface Waiting {
  readonly task: HashTask;
  readonly group: DigestGroup;
  /** Index of the task in its group. */
  readonly index: number;
  /** After a thread died at its batch the piece is hashed alone, and fails at the next death. */
  readonly isSuspect: boolean;
}

/** With deadlines and retries. A task is whole pieces: for each block it would cost more CPU than the hash. */
export function openHashPool(options: HashPoolOptions): HashPool {
  return new ThreadHashPool(options);
}

class ThreadHashPool implements HashPool {
  readonly #threads: ThreadPool<HashBatch, Uint8Array>;
  readonly #maxQueued: number;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  readonly #timers: ThreadPoolOptions["timers"];
  #isDispatchPlanned = false;
  /** Since the pool was opened. */
  #startedBytes = 0;
  #mustHang = false;
  #isClosed = false;

  constructor({ maxQueued = 4_096, ...threads }: HashPoolOptions) {
    this.#maxQueued = maxQueued;
    this.#timers = threads.timers;
    this.#threads = new ThreadPool({
      name: "hash",
      taskFile: siblingUrl(import.meta.url, "./hash.task"),
      isLateFinal: false,
      ...threads,
    });
  }

  get threads(): number {
    return this.#threads.threads;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  get restarts(): number {
    return this.#threads.restarts;
  }

  get abandoned(): number {
    return this.#threads.abandoned;
  }

  digestAll(tasks: readonly HashTask[], rule: DigestRule): Promise<GroupDigests> {
    return digestGroup(tasks, rule, this.#add);
  }

  digestBlocks(task: HashTask, rule: DigestRule): Promise<Uint8Array> {
    return digestWithBlocks(task, rule, this.#add);
  }

  readonly #add = (task: HashTask, group: DigestGroup, index: number): void => {
    if (this.#isClosed) return group.fail(index, poolClosed("hash"));
    if (this.#waiting.length >= this.#maxQueued)
      return group.fail(index, queueFull("hash", this.#maxQueued));
    const waiting = { task, group, index, isSuspect: false };
    this.#waiting.push(waiting);
    this.#waitingBytes += hashedBytes(waiting);
    this.#planDispatch();
  };

  /** At the end of the turn: pieces that come together are one task. */
  #planDispatch(): void {
    if (this.#isDispatchPlanned) return;
    this.#isDispatchPlanned = true;
    this.#timers.soon(() => {
      this.#isDispatchPlanned = false;
      this.#dispatch();
    });
  }

  killThread(): boolean {
    return this.#threads.killThread();
  }

  hangThread(): void {
    this.#mustHang = true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    failAll(this.#waiting.splice(0), poolClosed("hash"));
    await this.#threads.close();
  }

  #dispatch(): void {
    for (;;) {
      const [first] = this.#waiting;
      if (first === undefined || this.#threads.free < 1 || !this.#isHelpWanted) return;
      const { rule } = first.group;
      void this.#run(takeBatch(this.#waiting, rule), rule);
    }
  }

  get #isHelpWanted(): boolean {
    const { running, threads } = this.#threads;
    if (running === 0) return true;
    if (running >= threads && this.#startedBytes < newThreadBytes * threads) return false;
    return this.#waitingBytes >= running * helpedBytes;
  }

  async #run(batch: readonly Waiting[], rule: DigestRule): Promise<void> {
    const bytes = batch.reduce((sum, waiting) => sum + hashedBytes(waiting), 0);
    this.#waitingBytes -= bytes;
    this.#startedBytes += bytes;
    const mayRetry = batch.length === 1 && batch[0]?.isSuspect !== true;
    const task = packBatch(batch, rule);
    const rules = {
      deadlineMs: deadlineBaseMs + bytes / deadlineBytesPerMs,
      mostCrashes: mayRetry ? 2 : 1,
      ...(this.#mustHang && { firstTry: { ...task, mustHang: true } }),
    };
    this.#mustHang = false;
    try {
      const digests = await this.#threads.run(task, rules);
      let at = 0;
      for (const { group, index } of batch) at = group.take(index, digests, at);
    } catch (error) {
      if (batch.length > 1 && codeOf(error) === "hash-failed") {
        // Hashes each alone: a single piece may crash the threads.
        this.#waiting.unshift(...batch.map((one) => ({ ...one, isSuspect: true })));
        this.#waitingBytes += bytes;
      } else failAll(batch, error);
    }
    this.#dispatch();
  }
}

/** Removes the next tasks, at least one. @param rule That of the first task. */
function takeBatch(waiting: Waiting[], rule: DigestRule): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const next of waiting) {
    bytes += hashedBytes(next);
    if (next.isSuspect) return waiting.splice(0, Math.max(1, count));
    if (!isSame(next.group.rule, rule)) break;
    if (count > 0 && (bytes > batchBytes || count === batchPieces)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function failAll(batch: readonly Waiting[], error: unknown): void {
  for (const { group, index } of batch) group.fail(index, error);
}

function hashedBytes({ task, group }: Waiting): number {
  return group.hasBlocks ? 2 * task.lengthBytes : task.lengthBytes;
}

function isSame(one: DigestRule, other: DigestRule): boolean {
  return one.algorithm === other.algorithm && one.pieceLayer === other.pieceLayer;
}

function packBatch(batch: readonly Waiting[], rule: DigestRule): HashBatch {
  const memories: SharedArrayBuffer[] = [];
  const places: number[] = [];
  const { algorithm, pieceLayer } = rule;
  for (const { task } of batch) {
    const { lengthBytes, memory, offset, dataBytes = lengthBytes } = task;
    let index = memories.indexOf(memory);
    if (index < 0) index = memories.push(memory) - 1;
    places.push(index, offset, lengthBytes, dataBytes);
  }
  // A piece whose blocks are digested is alone in its group, and a batch of such groups is as any other.
  const withBlocks = batch.map(({ group }) => group.hasBlocks);
  return { algorithm, pieceLayer, memories, places, withBlocks };
}
