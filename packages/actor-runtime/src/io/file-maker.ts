// A thread that makes files, for one that has its hands full of writing to them.

import type { Worker } from "node:worker_threads";
import type { FileMaker } from "../context.ts";
import { siblingUrl } from "../sibling-url.ts";
import { systemModule } from "./system-module.ts";

/** Starts the thread. It keeps no process alive. */
export function openFileMaker(): FileMaker {
  return new ThreadFileMaker();
}

class ThreadFileMaker implements FileMaker {
  readonly #worker: Worker;
  /** What the thread has been told and has not answered, in order. */
  #waiting: (() => void)[] = [];
  #isGone = false;

  constructor() {
    const { Worker } = systemModule("node:worker_threads");
    this.#worker = new Worker(siblingUrl(import.meta.url, "./file-maker.worker"), {
      name: "file-maker",
    });
    this.#worker.unref();
    this.#worker.on("message", () => this.#waiting.shift()?.());
    // A thread that dies has made what it has made; `exit` follows.
    this.#worker.on("error", () => {});
    this.#worker.on("exit", () => this.#end());
  }

  make(paths: readonly string[], done: () => void): void {
    this.#waiting.push(done);
    if (this.#isGone) setImmediate(() => this.#end());
    else this.#worker.postMessage(paths);
  }

  async close(): Promise<void> {
    this.#waiting = [];
    await this.#worker.terminate();
  }

  #end(): void {
    this.#isGone = true;
    for (const done of this.#waiting.splice(0)) done();
  }
}
