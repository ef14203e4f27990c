import type { Worker } from "node:worker_threads";
import { ActorError, decodeFailure } from "../../failure.ts";
import { siblingUrl } from "../../sibling-url.ts";
import type { OneShotOrder, OneShotReport } from "./one-shot.worker.ts";
import type { Timer, Timers } from "../../ports/timers.ts";
import { nodeClock } from "../system/node-clock.ts";
import { nodeTimers } from "../system/node-timers.ts";
import { systemModule } from "../system/system-module.ts";
import { ownWorkerUrls, threadFile, type WorkerUrls } from "./thread-file.ts";

/** After a sleep, or in a blocked thread, the deadline fires before the answer is read. This is the time to read it. */
const graceMs = 250;
/** A starved machine may take seconds for the start of a thread, which is not the disk's fault. Beyond it a thread is late. */
const mostStartMs = 30_000;

/** A function for a new thread. */
export interface OneShotTask {
  /** Shown to users and in errors: `look at a folder`. */
  readonly operation: string;
  /** From `siblingUrl`; listed in `packages/api-base/src/options/worker-files.ts`. Should import little. */
  readonly module: URL;
  /** Name of an exported function of one argument, synchronous or not. */
  readonly run: string;
  /** Argument, copied by `postMessage` like the result. */
  readonly input: unknown;
  /** From the call of the function on, at the latest 30 s after the order. Undefined: no deadline. */
  readonly deadlineMs: number | undefined;
  readonly late: {
    readonly code: string;
    readonly message: string;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A late thread in a system call. The process can end only by SIGKILL. */
export interface AbandonedThread {
  readonly operation: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly sinceMs: number;
  /** Resolves when the thread has ended, without running further code. */
  readonly ended: Promise<void>;
}

/** The time of a task: first for the start of its thread, then for the call of its function. */
class CallDeadline {
  readonly #timers: Pick<Timers, "after">;
  readonly #callMs: number;
  readonly #late: () => void;
  /** Undefined: the call has ended, or the thread was abandoned. */
  #timer: Timer | undefined;

  constructor(timers: Pick<Timers, "after">, callMs: number, late: () => void) {
    this.#timers = timers;
    this.#callMs = callMs;
    this.#late = late;
    this.#timer = timers.after(mostStartMs, late);
  }

  /** The function is called now. */
  begin(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = this.#timers.after(this.#callMs, () => {
      this.#timer = this.#timers.after(graceMs, this.#late);
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}

/** Runs tasks, each in a new thread, for disk calls that may never return. */
export class OneShotThreads {
  readonly #abandoned = new Set<AbandonedThread>();
  readonly #workerUrls: WorkerUrls;
  readonly #timers: Pick<Timers, "after">;

  /** @param workerUrls Default: this thread's own table. */
  constructor(
    workerUrls: WorkerUrls = ownWorkerUrls(),
    timers: Pick<Timers, "after"> = nodeTimers,
  ) {
    this.#workerUrls = workerUrls;
    this.#timers = timers;
  }

  get abandoned(): readonly AbandonedThread[] {
    return [...this.#abandoned];
  }

  /**
   * Runs the function. Abandons a late thread.
   * @returns The function's result, or that of its promise.
   * @throws rejects with an ActorError: the function's error with its code; the code of `late`; `actor-exited` when the
   *   thread ends without an answer; `worker-file-not-found` or the system's code when it does not start.
   */
  async run<Result>(task: OneShotTask): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const worker = startWorker(task, this.#workerUrls);
    worker.on("error", reject);
    const ended = new Promise<void>((done) => {
      worker.on("exit", (code) => {
        reject(exited(task, code));
        done();
      });
    });
    const late = (): void => {
      this.#abandon(worker, task, ended);
      reject(new ActorError(task.late.code, { operation: task.operation, ...task.late }));
    };
    const deadline = this.#deadlineOf(task, late);
    worker.on("message", (report: OneShotReport) => {
      if ("begun" in report) deadline?.begin();
      else if ("failure" in report) reject(decodeFailure(report.failure));
      else resolve(report.result as Result);
    });
    try {
      return await promise;
    } finally {
      deadline?.cancel();
    }
  }

  #deadlineOf({ deadlineMs }: OneShotTask, late: () => void): CallDeadline | undefined {
    if (deadlineMs === undefined) return undefined;
    return new CallDeadline(this.#timers, deadlineMs, late);
  }

  #abandon(worker: Worker, { operation, late }: OneShotTask, ended: Promise<void>): void {
    const { details } = late;
    const thread = { operation, details, sinceMs: nodeClock.nowMs(), ended };
    this.#abandoned.add(thread);
    void ended.then(() => this.#abandoned.delete(thread));
    // Takes effect when its call returns. `terminate` makes the event loop wait: `unref`.
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
    // The caller's options do not apply: `--input-type` would refuse a file.
    execArgv: [],
  });
}

function exited({ operation }: OneShotTask, code: number): ActorError {
  return new ActorError("actor-exited", {
    message: `cannot ${operation}: the thread exited with ${code} before it had a result`,
    operation,
  });
}
