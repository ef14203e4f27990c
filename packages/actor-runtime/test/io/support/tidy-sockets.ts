// Sockets that can all be closed at the end of a test, so that the test process can exit.

import type { ListenOptions, Listener, Sockets, Stream } from "../../../src/ports/sockets.ts";
import type { StreamHandlers } from "../../../src/ports/sockets.ts";

/** Passes everything on and remembers what was opened. */
export class TidySockets implements Sockets {
  readonly #sockets: Sockets;
  readonly #streams: Stream[] = [];
  readonly #listeners: Listener[] = [];

  constructor(sockets: Sockets) {
    this.#sockets = sockets;
  }

  dial(...parameters: Parameters<Sockets["dial"]>): Stream {
    const stream = this.#sockets.dial(...parameters);
    this.#streams.push(stream);
    return stream;
  }

  async listen(
    options: ListenOptions,
    accept: (stream: Stream) => StreamHandlers,
  ): Promise<Listener> {
    const listener = await this.#sockets.listen(options, (stream) => {
      this.#streams.push(stream);
      return accept(stream);
    });
    this.#listeners.push(listener);
    return listener;
  }

  async closeAll(): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}
