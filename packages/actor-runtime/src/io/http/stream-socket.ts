import { Duplex } from "node:stream";

import type { Stream, StreamHandlers } from "../../ports/sockets.ts";

/** Dials, with these handlers. */
type Dial = (handlers: StreamHandlers) => Stream;

/** A stream that is not open yet keeps one write; Node makes no second one before its callback. */
type State =
  | { readonly kind: "opening"; readonly write: (() => void) | undefined }
  | { readonly kind: "open" };

/** A {@link Stream} as a socket for Node's HTTP and TLS. */
export class StreamSocket extends Duplex {
  readonly #stream: Stream;
  readonly #errorOf: (reason: string) => Error;
  #state: State = { kind: "opening", write: undefined };
  #idle: NodeJS.Timeout | undefined;

  /** @param errorOf The error of a stream that ended for a reason. */
  constructor(dial: Dial, errorOf: (reason: string) => Error) {
    super({ allowHalfOpen: false });
    this.#errorOf = errorOf;
    this.#stream = dial({
      opened: () => this.#opened(),
      bytes: (_, chunk) => {
        // The chunk is lent.
        if (!this.push(Buffer.from(chunk))) this.#stream.pause();
      },
      closed: (_, reason) => this.#closed(reason),
    });
  }

  /** The proxy alone knows the address of the server. */
  get remoteAddress(): undefined {
    return undefined;
  }

  /** Emits `timeout` once, after so long; 0: never. */
  setTimeout(timeoutMs: number): this {
    clearTimeout(this.#idle);
    if (timeoutMs > 0) this.#idle = setTimeout(() => this.emit("timeout"), timeoutMs).unref();
    return this;
  }

  /** Every stream keeps the process alive. */
  ref(): this {
    return this;
  }

  /** Nothing, like `ref`: the owner closes idle connections. */
  unref(): this {
    return this;
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, callback: () => void): void {
    const write = (): void => void this.#stream.write(chunk, callback);
    if (this.#state.kind === "open") write();
    else this.#state = { kind: "opening", write };
  }

  override _final(callback: () => void): void {
    this.#stream.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#idle);
    this.#stream.destroy();
    callback(error);
  }

  #opened(): void {
    const state = this.#state;
    this.#state = { kind: "open" };
    if (state.kind === "opening") state.write?.();
  }

  #closed(reason: string | undefined): void {
    if (reason === undefined) this.push(null);
    else this.destroy(this.#errorOf(reason));
  }
}
