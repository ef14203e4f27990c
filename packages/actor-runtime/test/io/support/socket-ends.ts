// Records what happens to the streams of a test, and waits for it.

import type { Listener, Sockets, Stream, StreamHandlers } from "../../../src/ports/sockets.ts";

/** One end of a connection and everything it was told. */
export class End implements StreamHandlers {
  stream: Stream | undefined;
  readonly chunks: Uint8Array[] = [];
  readonly reasons: (string | undefined)[] = [];
  openedTimes = 0;
  drainedTimes = 0;
  receivedBytes = 0;
  readonly #opened = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<string | undefined>();
  readonly #drained = Promise.withResolvers<void>();
  #wanted: { readonly bytes: number; readonly resolve: () => void } | undefined;

  readonly whenOpened: Promise<void> = this.#opened.promise;
  readonly whenClosed: Promise<string | undefined> = this.#closed.promise;
  readonly whenDrained: Promise<void> = this.#drained.promise;

  opened(stream: Stream): void {
    this.stream = stream;
    this.openedTimes += 1;
    this.#opened.resolve();
  }

  bytes(_stream: Stream, chunk: Uint8Array): void {
    this.chunks.push(chunk.slice());
    this.receivedBytes += chunk.byteLength;
    if (this.#wanted !== undefined && this.receivedBytes >= this.#wanted.bytes) {
      this.#wanted.resolve();
    }
  }

  drained(): void {
    this.drainedTimes += 1;
    this.#drained.resolve();
  }

  closed(_stream: Stream, reason: string | undefined): void {
    this.reasons.push(reason);
    this.#closed.resolve(reason);
  }

  /** Settles when so many bytes have arrived in all. */
  whenReceived(bytes: number): Promise<void> {
    if (this.receivedBytes >= bytes) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wanted = { bytes, resolve };
    return promise;
  }

  /** True when exactly these bytes have arrived, in this order. */
  hasReceived(bytes: Uint8Array): boolean {
    return Buffer.concat(this.chunks).equals(bytes);
  }

  get live(): Stream {
    if (this.stream === undefined) throw new Error("this end has no stream yet");
    return this.stream;
  }
}

/** Where a suite runs its sockets: real time, or a world that has to be driven. */
export interface SocketBench {
  readonly sockets: Sockets;
  /** A numeric address of this machine. */
  readonly host: string;
  /** Waits for a promise, moving virtual time where there is one. */
  settle<Value>(promise: Promise<Value>): Promise<Value>;
}

/** A connection with both ends open. */
export interface Pair {
  readonly dialled: End;
  readonly accepted: End;
  readonly listener: Listener;
}

/** Listens on a port of the system's choice, dials it and waits until both ends stand. */
export async function connectedPair(bench: SocketBench): Promise<Pair> {
  const accepted = new End();
  const arrived = Promise.withResolvers<void>();
  const listener = await bench.settle(
    bench.sockets.listen({ host: bench.host, port: 0 }, (stream) => {
      accepted.stream = stream;
      arrived.resolve();
      return accepted;
    }),
  );
  const dialled = new End();
  dialled.stream = bench.sockets.dial(listener.address, dialled, { timeoutMs: 10_000 });
  await bench.settle(Promise.all([dialled.whenOpened, arrived.promise]));
  return { dialled, accepted, listener };
}

/** Bytes that tell when one is missing or out of place. */
export function pattern(lengthBytes: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let state = seed;
  for (let index = 0; index < lengthBytes; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
