import type { Worker } from "node:worker_threads";
import type { FileMaker } from "../../ports/disk-threads.ts";
import { siblingUrl } from "../../sibling-url.ts";
import { systemModule } from "../system/system-module.ts";
import { threadFile } from "./thread-file.ts";

type Done = (made: readonly number[]) => void;

/** Starts a thread that creates files; keeps no process alive. Creates nothing where no thread can start. */
export function openFileMaker(): FileMaker {
  return new ThreadFileMaker();
}

class ThreadFileMaker implements FileMaker {
  readonly #worker: Worker | undefined;
  /** Callbacks in order of requests. */
  #waiting: Done[] = [];
  #isGone = false;

  constructor() {
    try {
      this.#worker = this.#start();
    } catch {
      // No thread can start.
      this.#isGone = true;
    }
  }

  make(paths: readonly string[], done: Done): void {
    this.#waiting.push(done);
    if (this.#isGone) setImmediate(() => this.#end());
    else this.#worker?.postMessage(paths);
  }

  async close(): Promise<void> {
    this.#waiting = [];
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const { Worker } = systemModule("node:worker_threads");
    const worker = new Worker(threadFile(siblingUrl(import.meta.url, "./file-maker.worker")), {
      name: "file-maker",
    });
    worker.unref();
    worker.on("message", (made: readonly number[]) => this.#waiting.shift()?.(made));
    // Created files remain; `exit` follows.
    worker.on("error", () => {});
    worker.on("exit", () => this.#end());
    return worker;
  }

  #end(): void {
    this.#isGone = true;
    for (const done of this.#waiting.splice(0)) done([]);
  }
}
