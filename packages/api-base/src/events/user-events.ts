// Listeners of a user, and loops over events.

import { EventEmitter } from "node:events";
import { refuseUnknownEvent, type Names } from "../options/known-names.ts";
import { EventQueue } from "./event-queue.ts";

/** Emitted for every event, in addition to its own name. */
const anyEvent = "any";

/** A function of a user for the events of a name, whose type the caller knows. */
type Listener = (event: never) => void;

/** The events of a torrent or a coordinator. */
export class UserEvents {
  /** From the first listener on: most of a thousand torrents have none. */
  #emitter: EventEmitter | undefined;
  readonly #names: Names<string>;

  constructor(names: Names<string>) {
    this.#names = names;
  }

  /** @throws TroupeError `event-unknown` */
  on(name: string, listener: Listener): void {
    refuseUnknownEvent(name, this.#names);
    this.#listeners.on(name, listener as (event: unknown) => void);
  }

  /** For the next event of this name alone. @throws TroupeError `event-unknown` */
  once(name: string, listener: Listener): void {
    refuseUnknownEvent(name, this.#names);
    this.#listeners.once(name, listener as (event: unknown) => void);
  }

  off(name: string, listener: Listener): void {
    this.#emitter?.off(name, listener as (event: unknown) => void);
  }

  /** Every event from now on, until `isLast` or until `signal` aborts. */
  all<Event>(
    isLast: (event: Event) => boolean,
    signal: AbortSignal | undefined,
  ): EventQueue<Event> {
    const listener = (event: Event): void => {
      queue.push(event);
      if (isLast(event)) queue.end();
    };
    this.#listeners.on(anyEvent, listener);
    const queue = new EventQueue<Event>({
      ...(signal !== undefined && { signal }),
      ended: () => this.#emitter?.off(anyEvent, listener),
    });
    return queue;
  }

  /** Whether a listener or a loop would get an event of this name. */
  isHeard(name: string): boolean {
    const emitter = this.#emitter;
    if (emitter === undefined) return false;
    return emitter.listenerCount(name) > 0 || emitter.listenerCount(anyEvent) > 0;
  }

  emit(name: string, event: unknown): void {
    const emitter = this.#emitter;
    if (emitter === undefined) return;
    // Node throws an "error" without listeners. Here the event is data: the error also rejects `completed`.
    if (name !== "error" || emitter.listenerCount(name) > 0) {
      callSafely(() => emitter.emit(name, event));
    }
    callSafely(() => emitter.emit(anyEvent, event));
  }

  get #listeners(): EventEmitter {
    return (this.#emitter ??= new EventEmitter());
  }
}

/** Calls a user's function. Its error becomes an uncaught exception, not a failure of the library. */
export function callSafely(callback: () => unknown): void {
  try {
    callback();
  } catch (error) {
    setImmediate(() => {
      throw error;
    });
  }
}
