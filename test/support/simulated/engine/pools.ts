// Pools without threads for simulated worlds. A digest takes virtual time, several are under way at once and end in
// any order, and a "thread" that is killed makes its piece start over: what the engine sees of real pools.

import { ActorError, type Context } from "@troupe/actor-runtime";
import {
  digestGroup,
  digestInline,
  digestWithBlocks,
  inlineCheckPool,
  type DigestGroup,
  type GroupDigests,
  type HashPool,
  type HashTask,
} from "@troupe/hash-worker";
import type { DigestRule } from "@troupe/protocol/piece-digest";
import type { EngineServices } from "../../../../packages/coordinator/src/engine/base/engine-services.ts";
import { inlineServices } from "../../../../packages/coordinator/src/engine/start/inline-services.ts";

/** Digests under way at once. */
const threads = 3;
const longestDigestMs = 20;
/** A dead thread is noticed and replaced after this. */
const replaceMs = 50;

interface Digesting {
  readonly task: HashTask;
  readonly group: DigestGroup;
  /** Index of the task in its group. */
  readonly index: number;
  readonly before: Uint8Array;
  /** Moved when the thread is killed: what was planned for the earlier one is nothing any more. */
  attempt: number;
}

/** The production parts, with pools of virtual threads. */
export const simulatedServices: EngineServices = {
  ...inlineServices,
  openHashPool: (context) => new SimulatedHashPool(context),
  openCheckPool: (context) => inlineCheckPool(context),
};

/** Hashes each piece twice: a sealed piece that changes meanwhile fails the run. */
class SimulatedHashPool implements HashPool {
  readonly threads = 0;
  readonly abandoned = 0;
  restarts = 0;
  readonly #context: Context;
  readonly #waiting: Digesting[] = [];
  readonly #running = new Set<Digesting>();
  #isClosed = false;

  constructor(context: Context) {
    this.#context = context;
  }

  get queued(): number {
    return this.#waiting.length;
  }

  digestAll(tasks: readonly HashTask[], rule: DigestRule): Promise<GroupDigests> {
    return digestGroup(tasks, rule, this.#add);
  }

  digestBlocks(task: HashTask, rule: DigestRule): Promise<Uint8Array> {
    return digestWithBlocks(task, rule, this.#add);
  }

  readonly #add = (task: HashTask, group: DigestGroup, index: number): void => {
    if (this.#isClosed) return group.fail(index, closed());
    const before = this.#hash(task, group);
    this.#waiting.push({ task, group, index, before, attempt: 0 });
    this.#goOn();
  };

  killThread(): boolean {
    const [oldest] = this.#running;
    if (oldest === undefined) return false;
    this.restarts += 1;
    oldest.attempt += 1;
    this.#context.timers.after(replaceMs, () => this.#run(oldest));
    return true;
  }

  hangThread(): void {}

  close(): Promise<void> {
    this.#isClosed = true;
    for (const { group, index } of [...this.#running, ...this.#waiting])
      group.fail(index, closed());
    this.#running.clear();
    this.#waiting.length = 0;
    return Promise.resolve();
  }

  #goOn(): void {
    while (this.#running.size < threads) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running.add(next);
      this.#run(next);
    }
  }

  #run(digesting: Digesting): void {
    const { timers, random } = this.#context;
    const { attempt, before, group, index, task } = digesting;
    timers.after(random.next() * longestDigestMs, () => {
      if (attempt !== digesting.attempt || !this.#running.delete(digesting)) return;
      const digests = this.#hash(task, group);
      if (Buffer.compare(digests, before) !== 0) {
        throw new Error(`sealed memory at ${task.offset} was written to while it was hashed`);
      }
      group.take(index, digests, 0);
      this.#goOn();
    });
  }

  #hash(task: HashTask, group: DigestGroup): Uint8Array {
    return digestInline(task, group, (bytes) => this.#context.sha1(bytes));
  }
}

function closed(): ActorError {
  return new ActorError("hash-closed", { message: "cannot digest a piece: the pool is closed" });
}
