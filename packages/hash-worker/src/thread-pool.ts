// Only this file uses piscina.

import {
  ActorError,
  siblingUrl,
  threadEntry,
  threadFile,
  type Timers,
} from "@troupe/actor-runtime";
import { Piscina } from "piscina";

/**
 * Piscina requires the module of a task. Node wraps a required module that has a default export, and aborts the process
 * when the thread ends meanwhile.
 */
const taskExport = "runTask";
/** Tries of a task after the first, each on another thread; then the task fails. */
const retries = 3;
/** A task fails after so many threads died at it. */
const crashesOfOneTask = 2;
/** Without work; the first `minThreads` stay. */
const idleThreadMs = 10_000;
/** Extra time after a deadline: after a sleep, or in a blocked thread, the timer fires before the answer is read. */
const graceMs = 250;
/** Rounds deadlines up, for few timer lists. */
const deadlineStepMs = 100;
/** A thread blocked in a disk call does not end. */
const closeMs = 1_000;

/** Options of a thread pool. */
export interface ThreadPoolOptions {
  /** Prefix of error codes and sentences: `hash`. */
  readonly name: string;
  /** Module that exports `runTask` and has no default export; `.ts` or `.js`. */
  readonly taskFile: URL;
  /** Started with the pool, and kept. Default 1. */
  readonly minThreads?: 0 | 1;
  /** 1 or more; started on demand. */
  readonly maxThreads: number;
  readonly timers: Timers;
  /** A late task fails, because a disk is stuck; otherwise another thread retries it. */
  readonly isLateFinal: boolean;
  readonly onThreadEvent?: (event: PoolThreadEvent) => void;
}

/** A thread is lost when it dies, is ended on request, or is abandoned. */
export interface PoolThreadEvent {
  readonly what: "started" | "lost";
  /** Number in the pool, from 1. */
  readonly thread: number;
  /** Threads lost so far. */
  readonly restarts: number;
  /** With others, a lost thread is replaced when there is work. */
  readonly others: number;
  readonly error?: unknown;
}

/** Limits of a task. */
interface TaskRules<Task> {
  /** For each try, with the start of a thread. */
  readonly deadlineMs: number;
  /** Threads that may die at it. Default 2. */
  readonly mostCrashes?: number;
  /** Replaces the task at the first try, for chaos. */
  readonly firstTry?: Task;
}

/**
 * Threads with deadlines and retries, without a queue: a task on a free thread gets a thread at once or when it has
 * started. Tasks must be safe to run twice, and twice at once.
 */
export class ThreadPool<Task, Result> {
  readonly #options: ThreadPoolOptions;
  readonly #pool: Piscina<Task, Result>;
  readonly #idleControllers: AbortController[] = [];
  readonly #numbers = new WeakMap<Thread, number>();
  readonly #killed = new WeakSet<Thread>();
  /** Late threads that still run. */
  readonly #abandoned = new Set<Thread>();
  #threadsSeen = 0;
  #running = 0;
  #restarts = 0;
  /** Without threads ended on request. */
  #crashes = 0;
  #isClosed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    const settings = {
      filename: threadEntry(threadFile(options.taskFile)).href,
      name: taskExport,
      minThreads: options.minThreads ?? 1,
      maxThreads: options.maxThreads,
      idleTimeout: idleThreadMs,
      recordTiming: false,
      // Used in the bundle, which joins piscina with our modules (scripts/make-bundle.ts); otherwise piscina starts its
      // own file.
      threadFile: () => threadEntry(threadFile(siblingUrl(import.meta.url, "./pool.worker"))),
    };
    this.#pool = new Piscina<Task, Result>(settings);
    this.#pool.on("workerCreate", ({ id }: { readonly id: number }) => this.#started(id));
    // A thread may fail without a task, as at its start. The next task starts another.
    this.#pool.on("error", () => {});
  }

  get threads(): number {
    return this.#pool.threads.length;
  }

  /** Threads that died or were late, so far. */
  get restarts(): number {
    return this.#restarts;
  }

  get abandoned(): number {
    return this.#abandoned.size;
  }

  get running(): number {
    return this.#running;
  }

  /** Tasks accepted now. */
  get free(): number {
    return this.#isClosed ? 0 : this.#options.maxThreads - this.#running;
  }

  /**
   * `free` must be at least 1. Retries the task once if its thread dies, three times if it throws or is late. A thread
   * ended on request does not count.
   *
   * @throws rejects with ActorError `<name>-failed` (cause kept), `<name>-late`, `<name>-closed`.
   */
  async run(task: Task, rules: TaskRules<Task>): Promise<Result> {
    if (this.free < 1)
      throw new RangeError(`bug: no free thread in the ${this.#options.name} pool`);
    const { deadlineMs, mostCrashes = crashesOfOneTask, firstTry = task } = rules;
    this.#running += 1;
    try {
      let crashes = 0;
      for (let tries = 1; ; tries += 1) {
        const crashesBefore = this.#crashes;
        try {
          return await this.#try(tries === 1 ? firstTry : task, deadlineMs);
        } catch (error) {
          if (this.#isClosed) throw this.#error("closed", "the pool is closed", error);
          if (this.#crashes > crashesBefore) crashes += 1;
          if (crashes >= mostCrashes)
            throw this.#error("failed", `${crashes} threads died at it`, error);
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
   * Ends a thread like a crash, for tests. Another thread runs its task again.
   *
   * @returns False when there is none.
   */
  killThread(): boolean {
    this.#watchThreads();
    const thread = this.#pool.threads.at(-1);
    if (thread === undefined) return false;
    this.#killed.add(thread);
    void thread.terminate();
    return true;
  }

  /** Tasks under way reject with `<name>-closed`. Settles within a second in any case. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const destroyed = this.#pool.destroy();
    const late = Promise.withResolvers<void>();
    const timer = this.#options.timers.after(closeMs, late.resolve);
    await Promise.race([destroyed, late.promise]);
    timer.cancel();
  }

  async #try(task: Task, deadlineMs: number): Promise<Result> {
    const controller = this.#idleControllers.pop() ?? new AbortController();
    const { timers } = this.#options;
    const roundMs = Math.ceil(deadlineMs / deadlineStepMs) * deadlineStepMs;
    let timer = timers.after(roundMs, () => {
      timer = timers.after(graceMs, () => this.#giveUp(controller));
    });
    try {
      const answer = this.#pool.run(task, { signal: controller.signal });
      this.#watchThreads();
      return await answer;
    } catch (error) {
      throw controller.signal.aborted ? new LateError("late", { cause: error }) : error;
    } finally {
      timer.cancel();
      // A new signal costs more than the rest of this function.
      if (!controller.signal.aborted) this.#idleControllers.push(controller);
    }
  }

  /** Takes the thread of a late task out of the pool. */
  #giveUp(controller: AbortController): void {
    const before = this.#pool.threads;
    controller.abort();
    const after = new Set(this.#pool.threads);
    for (const thread of before.filter((other) => !after.has(other))) {
      this.#abandoned.add(thread);
      thread.once("exit", () => this.#abandoned.delete(thread));
      this.#lost(thread, new Error("its task was late"));
    }
  }

  /** @param id Given by piscina. */
  #started(id: number): void {
    this.#watchThreads();
    const thread = this.#pool.threads.find(({ threadId }) => threadId === id);
    if (thread !== undefined) this.#tell("started", thread);
  }

  #watchThreads(): void {
    for (const thread of this.#pool.threads) {
      if (this.#numbers.has(thread)) continue;
      this.#threadsSeen += 1;
      this.#numbers.set(thread, this.#threadsSeen);
      // Before piscina's listener: a thread still listed was not ended by the pool.
      const ended = (cause: unknown): void => {
        thread.removeListener("error", ended);
        thread.removeListener("exit", ended);
        if (this.#pool.threads.includes(thread) && !this.#isClosed) this.#died(thread, cause);
      };
      thread.prependListener("error", ended);
      thread.prependListener("exit", ended);
    }
  }

  #died(thread: Thread, cause: unknown): void {
    const isKilled = this.#killed.has(thread);
    if (!isKilled) this.#crashes += 1;
    const exited = isKilled ? "it was ended on request" : `it exited with ${String(cause)}`;
    this.#lost(thread, cause instanceof Error ? cause : new Error(exited));
  }

  #lost(thread: Thread, error: Error): void {
    this.#restarts += 1;
    this.#tell("lost", thread, error);
  }

  #tell(what: PoolThreadEvent["what"], thread: Thread, error?: Error): void {
    const others = this.#pool.threads.filter((other) => other !== thread).length;
    this.#options.onThreadEvent?.({
      what,
      thread: this.#numbers.get(thread) ?? 0,
      restarts: this.#restarts,
      others,
      ...(error !== undefined && { error }),
    });
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
