// The only user of piscina: threads that run one task at a time, with deadlines, retries and a count of the lost.

import { ActorError } from "@troupe/actor-runtime";
import type { Timer, Timers } from "@troupe/actor-runtime";
import { Piscina } from "piscina";

/** Further tries of a task whose thread died or was late. */
const retries = 3;
/** A thread without work is ended after this long, the first one never. */
const idleThreadMs = 10_000;
/**
 * A deadline that has passed gets this much more before anything is done: a timer that fires first after our own thread
 * was blocked, or the machine slept, finds the answer in the mailbox by then.
 */
const graceMs = 250;
/** Deadlines are rounded up to this, so that few timer lists are needed. */
const deadlineStepMs = 100;
/** How long the end of the threads is waited for. One that is blocked in a disk call does not end. */
const closeMs = 1_000;

/** What a pool is made of. */
export interface ThreadPoolOptions {
  /** Begins the codes and sentences of errors: `hash`. */
  readonly name: string;
  /** Module whose default export runs a task; `.ts` or `.js`. */
  readonly taskFile: URL;
  /** 1 or more; started on demand. */
  readonly maxThreads: number;
  readonly timers: Timers;
  /** True where a late task is late for good, a disk being stuck; else it is tried again in another thread. */
  readonly isLateFinal: boolean;
}

/**
 * Threads for tasks of one kind. It holds no queue: a task is given when a lane is free, and has a thread at once
 * or as soon as one has started. Tasks must be safe to run twice, and twice at once.
 */
export class ThreadPool<Task, Result> {
  readonly #options: ThreadPoolOptions;
  readonly #pool: Piscina<Task, Result>;
  readonly #idleControllers: AbortController[] = [];
  readonly #watched = new WeakSet<Thread>();
  #running = 0;
  #restarts = 0;
  #isClosed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#pool = new Piscina<Task, Result>({
      filename: options.taskFile.href,
      minThreads: 1,
      maxThreads: options.maxThreads,
      idleTimeout: idleThreadMs,
      recordTiming: false,
    });
    this.#pool.on("workerCreate", () => this.#watchThreads());
    // A thread that fails without a task, at its start for example: it is counted, and the next task starts another.
    this.#pool.on("error", () => {});
  }

  /** Threads running or starting. */
  get threads(): number {
    return this.#pool.threads.length;
  }

  /** Threads that died or were ended for being late, so far. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Tasks under way. */
  get running(): number {
    return this.#running;
  }

  /** Tasks that may be given now. */
  get free(): number {
    return this.#isClosed ? 0 : this.#options.maxThreads - this.#running;
  }

  /**
   * Runs a task; `free` must be at least 1. A task whose thread dies is tried again, 3 times at most.
   *
   * @param deadlineMs Milliseconds for each try, the start of a thread included.
   * @throws rejects with ActorError `<name>-failed` (cause kept), `<name>-late`, `<name>-closed`.
   */
  async run(task: Task, deadlineMs: number): Promise<Result> {
    if (this.free < 1) throw new RangeError(`bug: no free lane in the ${this.#options.name} pool`);
    this.#running += 1;
    try {
      for (let tries = 1; ; tries += 1) {
        try {
          return await this.#try(task, deadlineMs);
        } catch (error) {
          if (this.#isClosed) throw this.#error("closed", "the pool is closed", error);
          if (tries > retries) throw this.#error("failed", `${tries} threads failed at it`, error);
          if (error instanceof LateError && this.#options.isLateFinal) {
            throw this.#error("late", `no answer came within ${deadlineMs} ms`, error);
          }
        }
      }
    } finally {
      this.#running -= 1;
    }
  }

  /**
   * Ends one thread as a crash would, for tests and chaos. Its task is run again by another.
   *
   * @returns False when there is none.
   */
  killThread(): boolean {
    this.#watchThreads();
    const thread = this.#pool.threads.at(-1);
    void thread?.terminate();
    return thread !== undefined;
  }

  /** Ends all threads; tasks under way reject with `<name>-closed`. Settles within a second, whatever they do. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const destroyed = this.#pool.destroy();
    let timer: Timer | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#options.timers.after(closeMs, resolve);
    });
    await Promise.race([destroyed, late]);
    timer?.cancel();
  }

  async #try(task: Task, deadlineMs: number): Promise<Result> {
    const controller = this.#idleControllers.pop() ?? new AbortController();
    const { timers } = this.#options;
    const roundMs = Math.ceil(deadlineMs / deadlineStepMs) * deadlineStepMs;
    let timer = timers.after(roundMs, () => {
      timer = timers.after(graceMs, () => this.#giveUp(controller));
    });
    try {
      return await this.#pool.run(task, { signal: controller.signal });
    } catch (error) {
      throw controller.signal.aborted ? new LateError("late", { cause: error }) : error;
    } finally {
      timer.cancel();
      // One is used for task after task: making a signal costs more than the rest of this function.
      if (!controller.signal.aborted) this.#idleControllers.push(controller);
    }
  }

  /** Takes the thread of a late task out of the pool and ends it, without waiting for its end. */
  #giveUp(controller: AbortController): void {
    const before = this.#pool.threads;
    controller.abort();
    const after = new Set(this.#pool.threads);
    this.#restarts += before.filter((thread) => !after.has(thread)).length;
  }

  #watchThreads(): void {
    for (const thread of this.#pool.threads) {
      if (this.#watched.has(thread)) continue;
      this.#watched.add(thread);
      // Ours must run before piscina's: a thread that is still listed was not ended by the pool.
      const count = (): void => {
        thread.removeListener("error", count);
        thread.removeListener("exit", count);
        if (this.#pool.threads.includes(thread) && !this.#isClosed) this.#restarts += 1;
      };
      thread.prependListener("error", count);
      thread.prependListener("exit", count);
    }
  }

  #error(what: string, seen: string, cause: unknown): ActorError {
    const { name } = this.#options;
    return new ActorError(`${name}-${what}`, {
      operation: `${name}-task`,
      message: `cannot finish a task of the ${name} pool: ${seen}`,
      cause,
    });
  }
}

class LateError extends Error {}

type Thread = Piscina["threads"][number];
