// TCP in memory: dials and listeners are kept for the test to answer.

import type {
  Address,
  Listener,
  ListenOptions,
  Sockets,
  Stream,
  StreamHandlers,
} from "@troupe/actor-runtime";

import { FakeStream } from "./fake-stream.ts";

/** A dial of the worker. */
export interface FakeDial {
  readonly to: Address;
  readonly stream: FakeStream;
  readonly options: { readonly timeoutMs: number; readonly localHost?: string };
}

/** Sockets that lead to the test. */
export class FakeSockets implements Sockets {
  readonly dials: FakeDial[] = [];
  readonly listening: ListenOptions[] = [];
  /** Hosts on which listening fails, with the code. */
  readonly failing: Map<string, string> = new Map<string, string>();
  readonly #later: (task: () => void) => void;
  #accept: ((stream: Stream) => StreamHandlers) | undefined;

  constructor(later: (task: () => void) => void) {
    this.#later = later;
  }

  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream {
    const stream = new FakeStream(to, this.#later);
    stream.handlers = handlers;
    this.dials.push({ to, stream, options });
    return stream;
  }

  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener> {
    const code = this.failing.get(options.host);
    if (code !== undefined) return Promise.reject(Object.assign(new Error(code), { code }));
    this.#accept = accept;
    const bound = { ...options, port: options.port === 0 ? 50_000 : options.port };
    this.listening.push(bound);
    return Promise.resolve({
      address: { host: bound.host, port: bound.port },
      close: () => {
        this.listening.splice(this.listening.indexOf(bound), 1);
        return Promise.resolve();
      },
    });
  }

  /** A peer connects to the worker. */
  connect(from: Address): FakeStream {
    if (this.#accept === undefined) throw new Error("nobody listens");
    const stream = new FakeStream(from, this.#later);
    stream.handlers = this.#accept(stream);
    return stream;
  }
}
