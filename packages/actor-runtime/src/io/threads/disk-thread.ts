import type { Worker } from "node:worker_threads";
import type { DiskThread, DiskWork } from "../../ports/disk.ts";
import { ActorError, decodeFailure } from "../../failure.ts";
import { siblingUrl } from "../../sibling-url.ts";
import type { DiskThreadOrder, DiskThreadReport } from "./disk-thread.worker.ts";
import { systemModule } from "../system/system-module.ts";
import { threadFile } from "./thread-file.ts";

/** Interval and number of the checks that a call may last. */
const lookMs = 1_000;
const longestLooks = 30;

/** Starts a thread for long disk work, such as copies between volumes. Keeps no process alive. */
export function openDiskThread<Input, Output>(
  work: DiskWork<Input, Output>,
): DiskThread<Input, Output> {
  return new NodeDiskThread(work);
}

interface Waiting<Output> {
  readonly resolve: (output: Output) => void;
  readonly reject: (error: Error) => void;
}

class NodeDiskThread<Input, Output> implements DiskThread<Input, Output> {
  readonly #operation: string;
  readonly #worker: Worker;
  readonly #calls = new Int32Array(new SharedArrayBuffer(4));
  readonly #watch: NodeJS.Timeout;
  #waiting: Waiting<Output>[] = [];
  #seen = 0;
  #probes = 0;
  #ended: ActorError | undefined;
  readonly #exit: Promise<void>;

  constructor({ operation, module }: DiskWork<Input, Output>) {
    const { Worker } = systemModule("node:worker_threads");
    this.#operation = operation;
    const order: DiskThreadOrder = {
      module: threadFile(module).href,
      calls: this.#calls.buffer,
    };
    this.#worker = new Worker(threadFile(siblingUrl(import.meta.url, "./disk-thread.worker")), {
      name: operation,
      workerData: order,
      // The caller's options do not apply: `--input-type` would refuse a file.
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on("message", (report: DiskThreadReport) => this.#take(report));
    this.#worker.on("error", (error) => this.#exited(String(error)));
    const exit = Promise.withResolvers<void>();
    this.#exit = exit.promise;
    this.#worker.on("exit", (code) => {
      this.#exited(`it exited with ${code}`);
      exit.resolve();
    });
    this.#watch = setInterval(() => this.#look(), lookMs).unref();
  }

  run(input: Input): Promise<Output> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    this.#waiting.push({ resolve, reject });
    this.#worker.postMessage(input);
    return promise;
  }

  close(): Promise<void> {
    this.#exited("it was ended");
    return this.#exit;
  }

  #take(report: DiskThreadReport): void {
    const waiting = this.#waiting.shift();
    if ("failure" in report) waiting?.reject(decodeFailure(report.failure));
    else waiting?.resolve(report.output as Output);
  }

  /** A late check counts once: the program may have been stopped. */
  #look(): void {
    const calls = Atomics.load(this.#calls, 0);
    const isInCall = calls % 2 !== 0;
    this.#probes = isInCall && calls === this.#seen ? this.#probes + 1 : 0;
    this.#seen = calls;
    if (this.#probes < longestLooks) return;
    const seconds = (longestLooks * lookMs) / 1_000;
    const message = `cannot ${this.#operation}: a disk call has not returned for ${seconds} s`;
    this.#end(new ActorError("disk-not-answering", { message, operation: this.#operation }));
  }

  #exited(why: string): void {
    const message = `cannot ${this.#operation}: the thread is gone: ${why}`;
    this.#end(new ActorError("actor-exited", { message, operation: this.#operation }));
  }

  #end(error: ActorError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    clearInterval(this.#watch);
    // Takes effect when a disk call returns. `terminate` makes the event loop wait: `unref` again.
    void this.#worker.terminate();
    this.#worker.unref();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
