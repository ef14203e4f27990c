// How a user hears of a torrent: by listeners, or in a loop.

import { EventEmitter } from "node:events";
import { EventQueue } from "./event-queue.ts";
import { refuseUnknownEvent, torrentEventNames } from "../options/known-names.ts";
import type { EventName, EventOf, TorrentUserEvent } from "../torrent-services.ts";
import { emitSafely } from "./user-listeners.ts";

/** The side of a torrent that speaks. */
export abstract class UserEvents {
  readonly #emitter = new EventEmitter();

  /** @throws TroupeError `event-unknown` */
  on<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    refuseUnknownEvent(name, torrentEventNames);
    this.#emitter.on(name, listener);
    return this;
  }

  off<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    this.#emitter.off(name, listener);
    return this;
  }

  /** @throws TroupeError `event-unknown` */
  once<Name extends EventName>(name: Name, listener: (event: EventOf<Name>) => void): this {
    refuseUnknownEvent(name, torrentEventNames);
    this.#emitter.once(name, listener);
    return this;
  }

  /** Every event from now on, until the torrent is stopped or `signal` aborts. Bounded: see docs/limits.md. */
  events({
    signal,
  }: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<TorrentUserEvent> {
    const listener = (event: TorrentUserEvent): void => {
      queue.push(event);
      if (event.event === "stopped") queue.end();
    };
    this.#emitter.on("any", listener);
    const queue = new EventQueue<TorrentUserEvent>({
      ...(signal !== undefined && { signal }),
      ended: () => this.#emitter.off("any", listener),
    });
    return queue;
  }

  /** For the torrent only: tells everybody who listens. */
  protected emit(event: TorrentUserEvent): void {
    // An "error" nobody listens to is data here, not an exception: it also rejects `completed`.
    if (event.event !== "error" || this.#emitter.listenerCount("error") > 0) {
      emitSafely(this.#emitter, event.event, event);
    }
    emitSafely(this.#emitter, "any", event);
  }
}
