import { codeOf, siblingUrl, type Timers } from "@troupe/actor-runtime";
import { longestModuleError, WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { errorText } from "@troupe/protocol/text";
import type { HashTask } from "../hash/hash-pool.ts";
import { ThreadPool } from "../thread-pool.ts";
import { lateAnswer } from "./ask-hasher.ts";
import { answerMsFor, type Hasher, type HasherTimes } from "./hasher.ts";
import type { HasherAnswer, HasherBatch } from "./hasher.task.ts";

/** A module, and the timers of its owner. */
interface HasherOptions extends HasherTimes {
  /** A `file:` URL. */
  readonly url: string;
  readonly timers: Timers;
}

/** A hasher in a thread of its own, which asks it one question at a time. A late thread is ended. */
export function openHasher(options: HasherOptions): Hasher {
  return new ThreadHasher(options);
}

class ThreadHasher implements Hasher {
  readonly #url: string;
  readonly #times: HasherTimes;
  readonly #threads: ThreadPool<HasherBatch, HasherAnswer>;
  /** The last question that waits or is under way. */
  #last: Promise<unknown> = Promise.resolve();
  /** The present thread has loaded the module. */
  #isLoaded = false;

  constructor({ url, timers, ...times }: HasherOptions) {
    this.#url = url;
    this.#times = times;
    this.#threads = new ThreadPool({
      name: "hasher",
      taskFile: siblingUrl(import.meta.url, "./hasher.task"),
      maxThreads: 1,
      timers,
      isLateFinal: true,
      onThreadEvent: () => (this.#isLoaded = false),
    });
  }

  async load(): Promise<void> {
    await this.#askInTurn([]);
  }

  digestAll(tasks: readonly HashTask[]): Promise<Uint8Array> {
    return this.#askInTurn(tasks);
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  /** The queue is bounded by the memory of the pieces. */
  #askInTurn(tasks: readonly HashTask[]): Promise<Uint8Array> {
    const answer = this.#last.then(() => this.#ask(tasks));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #ask(tasks: readonly HashTask[]): Promise<Uint8Array> {
    if (this.#threads.free < 1) throw new WrongAnswer("is closed");
    const deadlineMs = tasks.length === 0 ? 0 : answerMsFor(this.#times, tasks);
    const limitMs = deadlineMs + (this.#isLoaded ? 0 : this.#times.loadMs);
    try {
      const batch = packBatch(this.#url, tasks);
      const rules = { deadlineMs: limitMs, mostCrashes: 1 };
      const answer = await this.#threads.run(batch, rules);
      if ("deed" in answer) throw new WrongAnswer(answer.deed);
      this.#isLoaded = true;
      return answer.digests;
    } catch (error) {
      throw error instanceof WrongAnswer ? error : faultOfThread(error, limitMs);
    }
  }
}

function faultOfThread(error: unknown, limitMs: number): WrongAnswer {
  if (codeOf(error) === "hasher-late") return lateAnswer(limitMs);
  if (codeOf(error) === "hasher-closed") return new WrongAnswer("is closed");
  const { cause = error } = error as Error;
  return new WrongAnswer(`ended its thread: ${errorText(cause, longestModuleError)}`);
}

function packBatch(url: string, tasks: readonly HashTask[]): HasherBatch {
  const memories = [...new Set(tasks.map(({ memory }) => memory))];
  const places = tasks.flatMap(({ memory, offset, lengthBytes }) => [
    memories.indexOf(memory),
    offset,
    lengthBytes,
  ]);
  return { url, memories, places };
}
