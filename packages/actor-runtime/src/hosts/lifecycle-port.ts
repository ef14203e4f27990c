// The few rare calls from a supervisor to the thread of an actor. The only file that imports comlink, which by itself never
// settles a call when the thread dies, and loses the codes of errors.

import type { MessagePort } from "node:worker_threads";
import { expose, releaseProxy, transfer, wrap } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import type { Timers } from "../ports/timers.ts";
import { ActorError, decodeFailure, encodeFailure } from "../failure.ts";
import type { FailureData } from "../failure.ts";
import type { LinkPlan } from "../link.ts";
import type { ChildStats } from "./host.ts";

/** What a thread answers to. */
export interface Lifecycle {
  /** Starts the actor. @returns The roles whose notices it hears. */
  start(options: unknown): Promise<readonly string[]>;
  /** Takes one end of a link. The port is the thread's from now on. */
  link(plan: LinkPlan, port: MessagePort): void;
  unlink(linkId: string): void;
  stats(): ChildStats;
  /** Ends the actor in order; the thread is then terminated from outside. */
  stop(): Promise<void>;
  /** Never returns: for chaos. */
  hang(): void;
}

type Answer<Value> =
  | { readonly isFailure: false; readonly value: Value }
  | { readonly isFailure: true; readonly failure: FailureData };

/** What comlink exposes: each call answers with data and never throws. */
type Answering = {
  readonly [Name in keyof Lifecycle]: (
    ...parameters: Parameters<Lifecycle[Name]>
  ) => Promise<Answer<Awaited<ReturnType<Lifecycle[Name]>>>>;
};

/** What it looks like from afar. */
type Remote = Answering & { readonly [releaseProxy]: () => void };

/** Answers the calls that arrive on `port`, for the life of the thread. */
export function serveLifecycle(port: MessagePort, lifecycle: Lifecycle): void {
  const answering: Answering = {
    start: (options) => answer(() => lifecycle.start(options)),
    link: (plan, end) => answer(() => lifecycle.link(plan, end)),
    unlink: (linkId) => answer(() => lifecycle.unlink(linkId)),
    stats: () => answer(() => lifecycle.stats()),
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

/** The supervisor's end. Every call settles: with its answer, at its deadline, or when the thread is gone. */
export class LifecycleCaller {
  readonly #name: string;
  readonly #port: MessagePort;
  readonly #timers: Timers;
  /** Held for as long as calls are made: comlink closes the port when this is collected. */
  readonly #remote: Remote;
  /** Reject the calls under way. */
  readonly #pending = new Set<(error: unknown) => void>();
  /** Why the thread is gone. */
  #gone: { readonly error: unknown } | undefined;

  constructor(name: string, port: MessagePort, timers: Timers) {
    this.#name = name;
    this.#port = port;
    this.#timers = timers;
    this.#remote = wrap(nodeEndpoint(port)) as unknown as Remote;
  }

  /** No deadline of its own: the supervisor has one for the whole start. */
  start(options: unknown): Promise<readonly string[]> {
    return this.#settle(this.#remote.start(options));
  }

  /** Does not wait: a thread that is busy for now takes the link when it can. */
  link(plan: LinkPlan, port: MessagePort): void {
    this.#forget(this.#remote.link(plan, transfer(port, [port])));
  }

  /** Does not wait either. */
  unlink(linkId: string): void {
    this.#forget(this.#remote.unlink(linkId));
  }

  /** Rejects with `lifecycle-deadline` after a second. */
  stats(): Promise<ChildStats> {
    return this.#settle(this.#remote.stats(), { operation: "stats", deadlineMs: 1_000 });
  }

  /** Is never answered. */
  hang(): void {
    this.#forget(this.#remote.hang());
  }

  /** No deadline of its own: the supervisor has one for the whole stop. */
  stop(): Promise<void> {
    return this.#settle(this.#remote.stop());
  }

  /** The thread is gone: calls under way and later ones reject with `error`. */
  end(error: unknown): void {
    if (this.#gone !== undefined) return;
    this.#gone = { error };
    for (const reject of this.#pending) reject(error);
    this.#pending.clear();
    // A call that was never answered would hold this caller, and its thread's ports, for the life of the process.
    this.#remote[releaseProxy]();
    this.#port.close();
  }

  #settle<Value>(call: Promise<Answer<Value>>, limit?: Limit): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== undefined) return reject(this.#gone.error);
      const late = limit && this.#timers.after(limit.deadlineMs, () => settle(this.#late(limit)));
      // A promise that all calls raced against would gather their leftovers for the life of the thread.
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
    // What goes wrong in there ends that incarnation, and is reported as its failure.
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
