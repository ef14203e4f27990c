import { resultWithin, type Timers } from "@troupe/actor-runtime";
import { deedOf, WrongAnswer } from "@troupe/actor-runtime/module-answers";
import type { HashTask } from "../hash/hash-pool.ts";
import { askHasher, lateAnswer, makeHasher } from "./ask-hasher.ts";
import type { PieceHasher } from "./hasher-module.ts";
import { answerMsFor, type Hasher, type HasherTimes } from "./hasher.ts";

/** The owner's thread, which runs the module. */
interface InlineHasherOptions extends HasherTimes {
  readonly timers: Timers;
  /** @returns The default export. */
  readonly load: () => Promise<unknown>;
  /** Runs code of the module. */
  readonly run: <Result>(act: () => Result) => Result;
}

/** A hasher in its owner's thread, for the inline and simulated hosts. */
export function inlineHasher({ timers, load, run, ...times }: InlineHasherOptions): Hasher {
  let hasher: PieceHasher | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const within = async <Value>(limitMs: number, act: () => Promise<Value>): Promise<Value> => {
    try {
      return await resultWithin(timers, limitMs, act(), () => lateAnswer(limitMs));
    } catch (error) {
      throw new WrongAnswer(deedOf(error));
    }
  };
  const hashEach = async (tasks: readonly HashTask[]): Promise<Uint8Array> => {
    const hashes: Uint8Array[] = [];
    for (const { memory, offset, lengthBytes } of tasks) {
      const piece = new Uint8Array(memory, offset, lengthBytes);
      const made = hasher;
      if (made === undefined) throw new WrongAnswer("is closed");
      // A hasher has one call at a time. oxlint-disable-next-line no-await-in-loop
      hashes.push(await run(() => askHasher(made, piece)));
    }
    return Buffer.concat(hashes);
  };
  return {
    async load() {
      hasher ??= await within(times.loadMs, async () => {
        const exported = await load();
        return await run(() => makeHasher(exported));
      });
    },
    digestAll(tasks) {
      const answer = last.then(() => within(answerMsFor(times, tasks), () => hashEach(tasks)));
      last = answer.catch(() => undefined);
      return answer;
    },
    close() {
      hasher = undefined;
      return Promise.resolve();
    },
  };
}
