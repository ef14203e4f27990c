import type { Worker } from "node:worker_threads";
import { siblingUrl } from "../../sibling-url.ts";
import type { SyncDone } from "../../ports/disk.ts";
import type { SyncReport } from "./sync-thread.worker.ts";
import { systemError } from "../../errors.ts";
import { systemModule } from "../system/system-module.ts";
import { threadEntry, threadFile } from "./thread-file.ts";

/** A round of syncs follows every 10 s. */
const idleMs = 15_000;

/**
 * Syncs files in order, in a thread for each calling thread: a hung disk does not delay another, as in the system's
 * pool of four threads for the whole process.
 */
export class SyncThread {
  #worker: Worker | undefined;
  /** Callbacks in order of requests. */
  #waiting: SyncDone[] = [];
  #idle: NodeJS.Timeout | undefined;

  /** @throws `EAGAIN` when no thread can start. */
  sync(path: string, done: SyncDone): void {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    this.#waiting.push(done);
    // Awaits the answer.
    worker.ref();
    worker.postMessage(path);
  }

  #start(): Worker {
    const { Worker } = systemModule("node:worker_threads");
    try {
      const file = threadFile(siblingUrl(import.meta.url, "./sync-thread.worker"));
      const worker = new Worker(threadEntry(file), { name: "file-sync", execArgv: [] });
      worker.on("message", (report: SyncReport) => this.#answered(worker, report));
      // `exit` follows.
      worker.on("error", () => {});
      worker.on("exit", () => this.#ended(worker));
      return worker;
    } catch (error) {
      throw systemError("EAGAIN", `cannot start a thread that syncs files: ${String(error)}`);
    }
  }

  #answered(worker: Worker, report: SyncReport): void {
    const done = this.#waiting.shift();
    if ("found" in report) done?.(undefined, report.found);
    else done?.(systemError(report.code, report.message));
    if (this.#waiting.length > 0) return;
    worker.unref();
    this.#idle = setTimeout(() => {
      this.#worker = undefined;
      void worker.terminate();
    }, idleMs).unref();
  }

  #ended(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const error = systemError("EINTR", "the thread that syncs files has ended");
    for (const done of this.#waiting.splice(0)) done(error);
  }
}
