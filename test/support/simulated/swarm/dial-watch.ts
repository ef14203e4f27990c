// Sees every dial of a simulated machine: to whom, in which order, how many at once, and what became of it.

import type { Address, Stream, StreamHandlers } from "@troupe/actor-runtime";
import type { SimulatedMachine } from "@troupe/actor-runtime/simulated";

/** One dial as it was made. */
export interface WatchedDial {
  readonly to: Address;
  readonly atMs: number;
  readonly timeoutMs: number;
}

/** Stands between a machine's actors and its sockets from now on. */
export class DialWatch {
  readonly dials: WatchedDial[] = [];
  /** Connections that were being opened at the same time, at most. */
  mostHalfOpen = 0;
  /** How many dials ended before they stood, by reason. */
  readonly failures = new Map<string, number>();
  #halfOpen = 0;

  constructor({ sockets }: SimulatedMachine, nowMs: () => number) {
    const dial = sockets.dial.bind(sockets);
    sockets.dial = (to, handlers, options) => {
      this.dials.push({ to, atMs: nowMs(), timeoutMs: options.timeoutMs });
      this.#halfOpen++;
      this.mostHalfOpen = Math.max(this.mostHalfOpen, this.#halfOpen);
      return dial(to, this.#watched(handlers), options);
    };
  }

  #watched(handlers: StreamHandlers): StreamHandlers {
    let isHalfOpen = true;
    const settle = (): boolean => {
      const was = isHalfOpen;
      isHalfOpen = false;
      if (was) this.#halfOpen--;
      return was;
    };
    return {
      opened: (stream: Stream) => {
        settle();
        handlers.opened?.(stream);
      },
      bytes: (stream, chunk) => handlers.bytes(stream, chunk),
      drained: (stream) => handlers.drained?.(stream),
      closed: (stream, reason) => {
        if (settle()) {
          const word = reason ?? "closed";
          this.failures.set(word, (this.failures.get(word) ?? 0) + 1);
        }
        handlers.closed(stream, reason);
      },
    };
  }
}
