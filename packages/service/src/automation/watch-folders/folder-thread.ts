// The caller's side of the thread of a watch folder. A thread that ends is replaced at the next call; one that is in a call that
// hangs is left alone, because the folder would hold up its successor too.

import { Worker } from "node:worker_threads";
import { siblingUrl, threadEntry, threadFile, type WorkerUrls } from "@troupe/actor-runtime";
import type { FileContent, FinishAct, FolderCall, FolderScan } from "./folder-calls.ts";
import type { FileFacts } from "./watched-file.ts";
import type { FolderAnswer, FolderReady } from "./watch-folder.worker.ts";

/** The calls on a watch folder; each rejects with a system error. One is under way at a time. */
export interface FolderPort {
  scan(): Promise<FolderScan>;
  read(facts: FileFacts): Promise<FileContent>;
  finish(facts: FileFacts, act: FinishAct): Promise<void>;
  /** A call has not returned. */
  readonly isInCall: boolean;
  /** A call that is under way is given up and rejects; its thread ends when the call returns. */
  end(): void;
}

interface Started {
  readonly worker: Worker;
  /** Its modules are loaded. */
  isReady: boolean;
  answer: PromiseWithResolvers<FolderAnswer> | undefined;
}

/** A folder with its thread. */
export class FolderThread implements FolderPort {
  readonly #folder: string;
  readonly #workerUrls: WorkerUrls;
  #thread: Started | undefined;

  constructor(folder: string, workerUrls: WorkerUrls) {
    this.#folder = folder;
    this.#workerUrls = workerUrls;
  }

  get isInCall(): boolean {
    return this.#thread?.isReady === true && this.#thread.answer !== undefined;
  }

  async scan(): Promise<FolderScan> {
    const answer = await this.#ask({ call: "scan", folder: this.#folder });
    if ("scan" in answer) return answer.scan;
    throw wrongAnswer("scan");
  }

  async read(facts: FileFacts): Promise<FileContent> {
    const answer = await this.#ask({ call: "read", folder: this.#folder, facts });
    if ("content" in answer) return answer.content;
    throw wrongAnswer("read");
  }

  async finish(facts: FileFacts, act: FinishAct): Promise<void> {
    await this.#ask({ call: "finish", folder: this.#folder, facts, ...act });
  }

  end(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    // `terminate` holds the event loop.
    void thread.worker.terminate();
    thread.worker.unref();
    this.#ended(thread, ended());
  }

  async #ask(call: FolderCall): Promise<Exclude<FolderAnswer, { readonly failed: unknown }>> {
    const thread = (this.#thread ??= this.#start());
    thread.answer = Promise.withResolvers();
    thread.worker.postMessage(call);
    const answer = await thread.answer.promise.finally(() => (thread.answer = undefined));
    if (!("failed" in answer)) return answer;
    throw Object.assign(new Error(answer.failed.message), { code: answer.failed.code });
  }

  /** @throws ActorError `worker-file-not-found` */
  #start(): Started {
    const file = threadFile(siblingUrl(import.meta.url, "./watch-folder.worker"), this.#workerUrls);
    // With the `--input-type` of the caller's Node the thread would refuse a file.
    const worker = new Worker(threadEntry(file), { name: "watch-folder", execArgv: [] });
    const thread: Started = { worker, isReady: false, answer: undefined };
    // The service holds the event loop.
    worker.unref();
    worker.on("message", (answer: FolderAnswer | FolderReady) => {
      if (answer === "ready") thread.isReady = true;
      else thread.answer?.resolve(answer);
    });
    worker.on("error", (error) => this.#ended(thread, error));
    worker.on("exit", () => this.#ended(thread, ended()));
    return thread;
  }

  #ended(thread: Started, error: unknown): void {
    if (this.#thread === thread) this.#thread = undefined;
    thread.answer?.reject(error);
  }
}

function ended(): Error {
  return new Error("the thread of the folder has ended");
}

function wrongAnswer(call: FolderCall["call"]): Error {
  return new Error(`bug: the thread of a watch folder gave another answer to ${call}`);
}
