// Listeners of a user, and loops over events.

import { EventEmitter } from "node:events";
import { refuseUnknownEvent, type Names } from "../options/known-names.ts";
import { EventQueue } from "./event-queue.ts";

/** Emitted for every event, whatever its name. */
const anyEvent = "any";

/** The events of a torrent or a coordinator. */
export class UserEvents {
  readonly emitter = new EventEmitter();
  readonly #names: Names<string>;

  constructor(names: Names<string>) {
    this.#names = names;
  }

  /** The emitter, for a listener of this event. @throws TroupeError `event-unknown` */
  emitterOf(name: string): EventEmitter {
    refuseUnknownEvent(name, this.#names);
    return this.emitter;
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
    this.emitter.on(anyEvent, listener);
    const queue = new EventQueue<Event>({
      ...(signal !== undefined && { signal }),
      ended: () => this.emitter.off(anyEvent, listener),
    });
    return queue;
  }

  emit(name: string, event: unknown): void {
    // Node throws an "error" without listeners. Here the event is data: the error also rejects `completed`.
    if (name !== "error" || this.emitter.listenerCount(name) > 0) {
      callSafely(() => this.emitter.emit(name, event));
    }
    callSafely(() => this.emitter.emit(anyEvent, event));
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
