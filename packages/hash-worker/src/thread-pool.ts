// The only user of piscina: threads that run one task at a time, with deadlines, retries and a count of the lost.

import { ActorError, siblingUrl, threadFile } from "@troupe/actor-runtime";
import type { Timer, Timers } from "@troupe/actor-runtime";
import { Piscina } from "piscina";

/** Further tries of a task that threw or was late. */
const retries = 3;
/** A task at which so many threads died by themselves is given up: it is what kills them. */
const crashesOfOneTask = 2;
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
  /** Told of every thread that starts or is lost. */
  readonly onThreadEvent?: (event: PoolThreadEvent) => void;
}

/** A thread of a pool has started, or was lost: it died, was ended on request, or was given up. */
export interface PoolThreadEvent {
  readonly what: "started" | "lost";
  /** Its number in the pool, from 1. */
  readonly thread: number;
  /** Threads lost so far. */
  readonly restarts: number;
  /** Threads that there are beside it: with others, one that was lost is replaced when there is work for it. */
  readonly others: number;
  /** Why it was lost. */
  readonly error?: unknown;
}

/** Rules of one task. */
export interface TaskRules<Task> {
  /** Milliseconds for each try, the start of a thread included. */
  readonly deadlineMs: number;
  /** Threads that may die at it before it is given up. Default 2. */
  readonly mostCrashes?: number;
  /** In its place at the first try: for chaos. */
  readonly firstTry?: Task;
}

/**
 * Threads for tasks of one kind. It holds no queue: a task is given when a lane is free, and has a thread at once
 * or as soon as one has started. Tasks must be safe to run twice, and twice at once.
 */
export class ThreadPool<Task, Result> {
  readonly #options: ThreadPoolOptions;
  readonly #pool: Piscina<Task, Result>;
  readonly #idleControllers: AbortController[] = [];
  /** The number of each thread that was seen. */
  readonly #numbers = new WeakMap<Thread, number>();
  /** Threads that are being ended on request. */
  readonly #killed = new WeakSet<Thread>();
  /** Threads that were given up and have not ended yet. */
  readonly #abandoned = new Set<Thread>();
  #threadsSeen = 0;
  #running = 0;
  #restarts = 0;
  /** Threads that died and were not ended on request. */
  #crashes = 0;
  #isClosed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    const settings = {
      filename: threadFile(options.taskFile).href,
      minThreads: 1,
      maxThreads: options.maxThreads,
      idleTimeout: idleThreadMs,
      recordTiming: false,
      // Read where piscina is joined with our modules (scripts/make-bundle.ts); else it starts a file of its own package.
      threadFile: () => threadFile(siblingUrl(import.meta.url, "./pool.worker")),
    };
    this.#pool = new Piscina<Task, Result>(settings);
    this.#pool.on("workerCreate", ({ id }: { readonly id: number }) => this.#started(id));
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

  /** Threads that were given up and run still. */
  get abandoned(): number {
    return this.#abandoned.size;
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
   * Runs a task; `free` must be at least 1. One whose thread dies is tried once more, one that throws or is late three
   * times. A thread that was ended on request says nothing against its task.
   *
   * @throws rejects with ActorError `<name>-failed` (cause kept), `<name>-late`, `<name>-closed`.
   */
  async run(task: Task, rules: TaskRules<Task>): Promise<Result> {
    if (this.free < 1) throw new RangeError(`bug: no free lane in the ${this.#options.name} pool`);
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
   * Ends one thread as a crash would, for tests and chaos. Its task is run again by another.
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
      const answer = this.#pool.run(task, { signal: controller.signal });
      this.#watchThreads();
      return await answer;
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
    for (const thread of before.filter((other) => !after.has(other))) {
      this.#abandoned.add(thread);
      thread.once("exit", () => this.#abandoned.delete(thread));
      this.#lost(thread, new Error("its task was late"));
    }
  }

  /** @param id The thread's own, as piscina tells it. */
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
      // Ours must run before piscina's: a thread that is still listed was not ended by the pool.
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
