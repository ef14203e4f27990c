import type { Address, Stream, StreamHandlers } from "../ports/sockets.ts";
import type { Timers } from "../ports/timers.ts";
import { familyOf } from "./interface-watch.ts";

/** A dial that was refused before it began. Its owner hears the reason at the end of the turn. */
export class RefusedStream implements Stream {
  readonly remote: Address;
  readonly local: Address;
  readonly queuedBytes = 0;
  readonly takenBytes = 0;
  readonly #timers: Timers;

  constructor(to: Address, reason: string, handlers: StreamHandlers, timers: Timers) {
    this.remote = to;
    this.local = { host: familyOf(to.host) === 6 ? "::" : "0.0.0.0", port: 0 };
    this.#timers = timers;
    timers.soon(() => handlers.closed(this, reason));
  }

  write(_: Uint8Array, written?: () => void): boolean {
    if (written !== undefined) this.#timers.soon(written);
    return true;
  }

  pause(): void {}

  resume(): void {}

  end(): void {}

  destroy(): void {}

  reset(): void {}
}
