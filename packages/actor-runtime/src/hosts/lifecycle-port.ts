// Only this file imports comlink, which loses the codes of errors and never settles a call when the thread dies.

import type { MessagePort } from "node:worker_threads";
import { expose, releaseProxy, transfer, wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import type { Timers } from "../ports/timers.ts";
import { ActorError, decodeFailure, encodeFailure, type FailureData } from "../failure.ts";
import type { LinkPlan } from "../links/link.ts";
import type { ChildStats } from "./host.ts";

/** Calls that an actor's thread answers. */
interface Lifecycle {
  /** @returns The roles of its notice handlers. */
  start(options: unknown): Promise<readonly string[]>;
  link(plan: LinkPlan, port: MessagePort): void;
  unlink(linkId: string): void;
  /** @param withinMs For the answers of its own children. */
  stats(withinMs: number): Promise<ChildStats>;
  /** The supervisor then terminates the thread. */
  stop(): Promise<void>;
  /** Never returns: for chaos. */
  hang(): void;
}

type Answer<Value> =
  | { readonly isFailure: false; readonly value: Value }
  | { readonly isFailure: true; readonly failure: FailureData };

/** Each call answers with data and never throws. */
type Answering = {
  readonly [Name in keyof Lifecycle]: (
    ...parameters: Parameters<Lifecycle[Name]>
  ) => Promise<Answer<Awaited<ReturnType<Lifecycle[Name]>>>>;
};

type Remote = Answering & { readonly [releaseProxy]: () => void };

/** Answers the calls on `port` for the life of the thread. */
export function serveLifecycle(port: MessagePort, lifecycle: Lifecycle): void {
  const answering: Answering = {
    start: (options) => answer(() => lifecycle.start(options)),
    link: (plan, end) => answer(() => lifecycle.link(plan, end)),
    unlink: (linkId) => answer(() => lifecycle.unlink(linkId)),
    stats: (withinMs) => answer(() => lifecycle.stats(withinMs)),
    stop: () => answer(() => lifecycle.stop()),
    hang: () => answer(() => lifecycle.hang()),
  };
  expose(answering, nodeEndpoint(port));
}

async function answer<Value>(work: () => Value | Promise<Value>): Promise<Answer<Value>> {
  try {
    return { isFailure: false, value: await work() };
  } catch (error) {
    return { isFailure: true, failure: encodeFailure(error) };
  }
}

/** Calls a thread's lifecycle. Every call settles: by its answer, at its deadline, or when the thread is gone. */
export class LifecycleCaller {
  readonly #name: string;
  readonly #port: MessagePort;
  readonly #timers: Timers;
  /** comlink closes the port when this is collected. */
  readonly #remote: Remote;
  readonly #pending = new Set<(error: unknown) => void>();
  #gone: { readonly error: unknown } | undefined;

  constructor(name: string, port: MessagePort, timers: Timers) {
    this.#name = name;
    this.#port = port;
    this.#timers = timers;
    this.#remote = wrap(nodeEndpoint(port)) as unknown as Remote;
  }

  /** The supervisor has the deadline. */
  start(options: unknown): Promise<readonly string[]> {
    return this.#settle(this.#remote.start(options));
  }

  /** A busy thread takes the link later. */
  link(plan: LinkPlan, port: MessagePort): void {
    this.#forget(this.#remote.link(plan, transfer(port, [port])));
  }

  unlink(linkId: string): void {
    this.#forget(this.#remote.unlink(linkId));
  }

  /** Rejects with `lifecycle-deadline` after `withinMs`; half of it is for the children of the actor. */
  stats(withinMs: number): Promise<ChildStats> {
    const answer = this.#remote.stats(withinMs / 2);
    return this.#settle(answer, { operation: "stats", deadlineMs: withinMs });
  }

  hang(): void {
    this.#forget(this.#remote.hang());
  }

  /** The supervisor has the deadline. */
  stop(): Promise<void> {
    return this.#settle(this.#remote.stop());
  }

  end(error: unknown): void {
    if (this.#gone !== undefined) return;
    this.#gone = { error };
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
    // Unanswered calls would hold this caller and its ports for the life of the process.
    this.#remote[releaseProxy]();
    this.#port.close();
  }

  #settle<Value>(call: Promise<Answer<Value>>, limit?: Limit): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone.error);
      const late = limit && this.#timers.after(limit.deadlineMs, () => settle(this.#late(limit)));
      // Racing a shared promise would collect reactions for the life of the thread.
      const settle = (error: unknown) => {
        late?.cancel();
        this.#pending.delete(settle);
        reject(error);
      };
      this.#pending.add(settle);
      call.then((answer) => {
        late?.cancel();
        this.#pending.delete(settle);
        if (answer.isFailure) reject(decodeFailure(answer.failure));
        else resolve(answer.value);
      }, settle);
    });
  }

  #forget(call: Promise<Answer<void>>): void {
    // Reported as the incarnation's failure.
    this.#settle(call).catch(() => {});
  }

  #late({ operation, deadlineMs }: Limit): ActorError {
    return new ActorError("lifecycle-deadline", {
      operation,
      message: `no answer to ${operation} from the thread of ${this.#name} within ${deadlineMs} ms`,
      details: { actor: this.#name, deadlineMs },
    });
  }
}

interface Limit {
  readonly operation: string;
  readonly deadlineMs: number;
}
