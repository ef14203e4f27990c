// The caller's side of a thread that holds lock files.

import { Worker } from "node:worker_threads";
import { siblingUrl, threadEntry, threadFile, type WorkerUrls } from "@troupe/actor-runtime";
import type { KeeperAnswer, KeeperOrder, KeeperReady } from "./lock-keeper.worker.ts";

/** For an order. The start of the thread does not count: a busy machine takes long for it. */
const answerMs = 5_000;

/** Each lock makes garbage, and a thread that rests does not give back the memory of young objects. */
const resourceLimits = { maxYoungGenerationSizeMb: 1 };

interface Pending {
  readonly directory: string;
  readonly answer: PromiseWithResolvers<KeeperAnswer | undefined>;
}

/** A keeper's thread. It holds the event loop only while an answer is due. */
export class LockKeeper {
  readonly #worker: Worker;
  /** Resolves when the thread has ended. */
  readonly ended: Promise<void>;
  /** In the order of the answers. */
  readonly #pending: Pending[] = [];
  /** An answer is late: the thread is in a disk call. */
  isStuck = false;
  readonly #ready = Promise.withResolvers<void>();

  /**
   * @param answered Called after each answer.
   * @throws ActorError `worker-file-not-found`
   */
  constructor(workerUrls: WorkerUrls, answered: () => void) {
    const file = threadFile(siblingUrl(import.meta.url, "./lock-keeper.worker"), workerUrls);
    // With the `--input-type` of the caller's Node the thread would refuse a file.
    const options = { name: "lock-keeper", execArgv: [], resourceLimits };
    this.#worker = new Worker(threadEntry(file), options);
    this.#worker.unref();
    this.#worker.on("message", (answer: KeeperAnswer | KeeperReady) => {
      if (answer === "ready") return this.#ready.resolve();
      this.#pending.shift()?.answer.resolve(answer);
      this.isStuck = false;
      if (this.isIdle) this.#worker.unref();
      answered();
    });
    this.#worker.on("error", () => {});
    this.#worker.on("exit", () => {
      this.isStuck = false;
      const error = new Error("the thread that holds lock files has ended");
      for (const { answer } of this.#pending.splice(0)) answer.reject(error);
    });
    this.ended = new Promise((done) => this.#worker.on("exit", () => done()));
  }

  /** Resolves when the thread takes orders, or has ended. Holds the event loop until then. */
  async started(): Promise<void> {
    this.#worker.ref();
    await Promise.race([this.#ready.promise, this.ended]);
    if (this.isIdle) this.#worker.unref();
  }

  get isIdle(): boolean {
    return this.#pending.length === 0;
  }

  /** The folders of unanswered orders. */
  get directories(): readonly string[] {
    return this.#pending.map(({ directory }) => directory);
  }

  /**
   * @returns The answer. Undefined after 5 s: the thread is stuck until it answers.
   * @throws rejects when the thread has ended.
   */
  async ask(order: KeeperOrder, directory: string): Promise<KeeperAnswer | undefined> {
    const answer = Promise.withResolvers<KeeperAnswer | undefined>();
    this.#pending.push({ directory, answer });
    this.#worker.ref();
    this.#worker.postMessage(order);
    await Promise.race([this.#ready.promise, answer.promise]);
    // If this thread was blocked, an unread answer may wait.
    const timer = setTimeout(() => setImmediate(() => this.#late(answer)), answerMs);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /** A stuck thread ends after its call, without holding the event loop. */
  end(): void {
    // `terminate` holds the event loop.
    void this.#worker.terminate();
    if (!this.isIdle) this.#worker.unref();
  }

  #late(answer: Pending["answer"]): void {
    if (!this.#pending.some((pending) => pending.answer === answer)) return;
    this.isStuck = true;
    this.#worker.unref();
    answer.resolve(undefined);
  }
}
