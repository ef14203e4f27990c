// Threads that run one function and end: for disk calls that may never return.

import type { Worker } from "node:worker_threads";
import { ActorError, decodeFailure } from "../../failure.ts";
import { siblingUrl } from "../../sibling-url.ts";
import type { OneShotOrder, OneShotReport } from "./one-shot.worker.ts";
import { nodeClock } from "../system/node-clock.ts";
import { nodeTimers } from "../system/node-timers.ts";
import { systemModule } from "../system/system-module.ts";
import { ownWorkerUrls, threadFile, type WorkerUrls } from "./thread-file.ts";

/**
 * A deadline that has passed gets this much more: after the machine slept, or the calling thread was blocked, the timer
 * fires before the answer is read.
 */
const graceMs = 250;

/** One function, and how long to wait for it. */
export interface OneShotTask {
  /** What is done, for people: `look at a folder`. Also the operation of errors. */
  readonly operation: string;
  /**
   * Address of the module, from `siblingUrl`. It is loaded in the thread, so it imports as little as it can. Its name is
   * listed in `packages/coordinator/src/worker-files.ts`.
   */
  readonly module: URL;
  /** Name of an exported function of one argument, synchronous or not. */
  readonly run: string;
  /** Its argument. Input and result are copied as `postMessage` does. */
  readonly input: unknown;
  /** Milliseconds, the start of the thread included. Undefined: no deadline. */
  readonly deadlineMs: number | undefined;
  /** The error of a late task. */
  readonly late: {
    readonly code: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A thread that was late and has not ended: it sits in a call of the system. The process can only end by SIGKILL. */
export interface AbandonedThread {
  readonly operation: string;
  /** What the task's `late` says of it. */
  readonly details: Readonly<Record<string, unknown>> | undefined;
  /** Monotonic time at which it was abandoned. */
  readonly sinceMs: number;
  /** Resolves when the call has returned and the thread has ended. It runs no further line of the function. */
  readonly ended: Promise<void>;
}

/** Runs tasks, each in a thread of its own, and knows which threads do not end. */
export class OneShotThreads {
  readonly #abandoned = new Set<AbandonedThread>();
  readonly #workerUrls: WorkerUrls;

  /** @param workerUrls Where files of threads lie. Default: the table that this thread was started with. */
  constructor(workerUrls: WorkerUrls = ownWorkerUrls()) {
    this.#workerUrls = workerUrls;
  }

  /** Threads that were late and have not ended. */
  get abandoned(): readonly AbandonedThread[] {
    return [...this.#abandoned];
  }

  /**
   * Runs the function in a new thread. A thread that is late is abandoned: nothing waits for it any more.
   *
   * @returns What the function returns, or its promise resolves to.
   * @throws rejects with an ActorError: what the function threw, with its code; the code of `late`; `actor-exited` when the
   *   thread ends without an answer; `worker-file-not-found` or the system's code when it does not start.
   */
  async run<Result>(task: OneShotTask): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const worker = startWorker(task, this.#workerUrls);
    worker.on("message", (report: OneShotReport) => {
      if ("failure" in report) reject(decodeFailure(report.failure));
      else resolve(report.result as Result);
    });
    worker.on("error", reject);
    const ended = new Promise<void>((done) => {
      worker.on("exit", (code) => {
        reject(exited(task, code));
        done();
      });
    });
    return await this.#withinDeadline(promise, task, () => {
      this.#abandon(worker, task, ended);
      reject(new ActorError(task.late.code, { operation: task.operation, ...task.late }));
    });
  }

  async #withinDeadline<Result>(
    promise: Promise<Result>,
    { deadlineMs }: OneShotTask,
    late: () => void,
  ): Promise<Result> {
    if (deadlineMs === undefined) return await promise;
    const timer = nodeTimers.after(deadlineMs + graceMs, late);
    try {
      return await promise;
    } finally {
      timer.cancel();
    }
  }

  #abandon(worker: Worker, { operation, late }: OneShotTask, ended: Promise<void>): void {
    const { details } = late;
    const thread = { operation, details, sinceMs: nodeClock.nowMs(), ended };
    this.#abandoned.add(thread);
    void ended.then(() => this.#abandoned.delete(thread));
    // Ends the thread when its call returns. `terminate` also makes the event loop wait for it.
    void worker.terminate();
    worker.unref();
  }
}

function startWorker(
  { operation, module, run, input }: OneShotTask,
  workerUrls: WorkerUrls,
): Worker {
  const { Worker } = systemModule("node:worker_threads");
  const order: OneShotOrder = { module: threadFile(module, workerUrls).href, run, input };
  return new Worker(threadFile(siblingUrl(import.meta.url, "./one-shot.worker"), workerUrls), {
    name: operation,
    workerData: order,
    // Options of the caller's Node are not for this thread: with `--input-type` it would refuse a file.
    execArgv: [],
  });
}

function exited({ operation }: OneShotTask, code: number): ActorError {
  return new ActorError("actor-exited", {
    message: `cannot ${operation}: the thread exited with ${code} before it had a result`,
    operation,
  });
}
