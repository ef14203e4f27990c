// The gate for answers of a store of the user's program: each call ends within a bound, with a typed value or a typed
// error.

import { resultWithin, type Context, type Soon } from "@troupe/actor-runtime";
import { longestModuleError } from "@troupe/actor-runtime/module-answers";
import { FileStep, storeAnswerMs, type StorageRefusal, type TorrentId } from "@troupe/messages";
import { errorText } from "@troupe/protocol/text";
import type { StampCall } from "../files/disk-stamp.ts";
import { isRefusal } from "../refusals.ts";
import type { TorrentStore } from "./store-module.ts";

/** Bytes of one call. Longer ranges are read and written in several. */
export const mostCallBytes: number = 1024 * 1024;
/** A store that takes longer to close is left alone. */
export const closeWithinMs = 5_000;

/** The thread of a store. */
export interface StoreThread {
  readonly context: Pick<Context, "inModule" | "timers">;
  /** Shows the engine that the thread is in a call. */
  readonly stampCall: StampCall;
}

/** A torrent, and the module that has its bytes. */
interface StoreOwner {
  readonly torrent: TorrentId;
  readonly url: string;
}

/** Calls a store until its first error; all later calls get the same refusal. */
export class StoreGuard {
  readonly #thread: StoreThread;
  readonly #owner: StoreOwner;
  readonly #store: TorrentStore;
  #fault: StorageRefusal | undefined;

  constructor(thread: StoreThread, owner: StoreOwner, store: TorrentStore) {
    this.#thread = thread;
    this.#owner = owner;
    this.#store = store;
  }

  /** The refusal of each write, if the store has no method for it. */
  get readOnly(): StorageRefusal | undefined {
    if (this.#store.write !== undefined) return undefined;
    return this.#refuse("store-read-only", "write", "has no method `write`");
  }

  /**
   * @param bytes Its own memory, 1 byte to {@link mostCallBytes}: the store may change it whenever it likes.
   * @returns Bytes read; or `store-failed`, `store-wrong-answer`, `store-not-answering`.
   */
  read(position: number, bytes: Uint8Array): Soon<number | StorageRefusal> {
    const { length } = bytes;
    const task = `read ${length} bytes at ${position}`;
    const act = () => this.#store.read(position, bytes);
    return this.#call(task, act, (answer) =>
      bytes.length < length
        ? this.#fail("store-wrong-answer", task, "transferred the memory of the call")
        : this.#countOf(answer, task, length),
    );
  }

  /**
   * @param bytes Its own memory as for {@link read}: the store may keep it.
   * @returns Undefined, when all bytes were written; or a refusal as of `read`, `store-short-write`, `store-read-only`.
   */
  write(position: number, bytes: Uint8Array): Soon<StorageRefusal | undefined> {
    const { length } = bytes;
    const task = `write ${length} bytes at ${position}`;
    const { readOnly } = this;
    if (readOnly !== undefined) return readOnly;
    const act = () => this.#store.write?.(position, bytes);
    return this.#call(task, act, (answer) => {
      const count = this.#countOf(answer, task, length);
      if (isRefusal(count)) return count;
      return count === length
        ? undefined
        : this.#fail("store-short-write", task, `wrote ${count} bytes`);
    });
  }

  /** A byte that the store had written was read back as another. */
  wrongBytes(position: number): StorageRefusal {
    const task = `read back the byte at ${position}`;
    return this.#fail("store-wrong-bytes", task, "gave another byte than was written");
  }

  /** Bytes that the store has had are not there. It may have them later, so that further calls are made. */
  shortRead(position: number, lengthBytes: number, gotBytes: number): StorageRefusal {
    const task = `read ${lengthBytes} bytes at ${position}`;
    return this.#refuse("store-short-read", task, `has ${gotBytes} of them, and had all before`);
  }

  /** Called once. Its errors change no piece. @returns the refusal. */
  close(): Soon<StorageRefusal | undefined> {
    if (this.#store.close === undefined) return undefined;
    const act = () => this.#store.close?.();
    return this.#attempt("close", act, () => undefined, closeWithinMs);
  }

  #call<Value>(
    task: string,
    act: () => unknown,
    gate: (answer: unknown) => Value,
  ): Soon<Value | StorageRefusal> {
    return this.#fault ?? this.#attempt(task, act, gate, storeAnswerMs);
  }

  #attempt<Value>(
    task: string,
    act: () => unknown,
    gate: (answer: unknown) => Value,
    withinMs: number,
  ): Soon<Value | StorageRefusal> {
    const { context, stampCall } = this.#thread;
    try {
      const answer = stampCall(() => context.inModule(FileStep.module, this.#owner.torrent, act));
      if (!isThenable(answer)) return gate(answer);
      return this.#late(task, Promise.resolve(answer), gate, withinMs);
    } catch (error) {
      return this.#threw(task, error);
    }
  }

  async #late<Value>(
    task: string,
    answer: Promise<unknown>,
    gate: (answer: unknown) => Value,
    withinMs: number,
  ): Promise<Value | StorageRefusal> {
    const late = new Error("late");
    try {
      const { timers } = this.#thread.context;
      return gate(await resultWithin(timers, withinMs, answer, () => late));
    } catch (error) {
      if (error !== late) return this.#threw(task, error);
      return this.#fail("store-not-answering", task, `did not answer within ${withinMs / 1_000} s`);
    }
  }

  #countOf(answer: unknown, task: string, most: number): number | StorageRefusal {
    if (typeof answer === "number" && Number.isInteger(answer) && answer >= 0 && answer <= most)
      return answer;
    const seen = typeof answer === "number" ? `${answer}` : `a value of the type ${typeof answer}`;
    return this.#fail(
      "store-wrong-answer",
      task,
      `answered ${seen}, not a count of bytes from 0 to ${most}`,
    );
  }

  #threw(task: string, error: unknown): StorageRefusal {
    return this.#fail("store-failed", task, `threw ${errorText(error, longestModuleError)}`);
  }

  #fail(code: string, task: string, deed: string): StorageRefusal {
    this.#fault ??= this.#refuse(code, task, deed);
    return this.#fault;
  }

  #refuse(code: string, task: string, deed: string): StorageRefusal {
    return { refused: code, message: `cannot ${task}: the store ${this.#owner.url} ${deed}` };
  }
}

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  return (
    typeof answer === "object" &&
    answer !== null &&
    typeof (answer as { readonly then?: unknown }).then === "function"
  );
}
