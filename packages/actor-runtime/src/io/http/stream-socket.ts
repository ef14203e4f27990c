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
  readonly #errorOf: (reason: string) => Error;
  readonly #showsRemote: boolean;
  readonly #dials: Dial[];
  #stream: Stream;
  #state: State = { kind: "opening", write: undefined };
  #idle: NodeJS.Timeout | undefined;

  /**
   * @param dials Tried in their order until one opens; at least one.
   * @param errorOf The error of a stream that ended for a reason.
   * @param options.showsRemote False behind a proxy, which alone knows the address of the server.
   */
  constructor(
    [first, ...others]: readonly Dial[],
    errorOf: (reason: string) => Error,
    { showsRemote = false }: { readonly showsRemote?: boolean } = {},
  ) {
    super({ allowHalfOpen: false });
    if (first === undefined) throw new Error("bug: no address to dial");
    this.#errorOf = errorOf;
    this.#showsRemote = showsRemote;
    this.#dials = others;
    this.#stream = first(this.#handlers);
  }

  get remoteAddress(): string | undefined {
    return this.#showsRemote ? this.#stream.remote.host : undefined;
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

  get #handlers(): StreamHandlers {
    return {
      opened: () => this.#opened(),
      bytes: (_, chunk) => {
        // The chunk is lent.
        if (!this.push(Buffer.from(chunk))) this.#stream.pause();
      },
      closed: (_, reason) => this.#closed(reason),
    };
  }

  #opened(): void {
    const state = this.#state;
    this.#state = { kind: "open" };
    if (state.kind === "opening") state.write?.();
  }

  #closed(reason: string | undefined): void {
    const next =
      this.#state.kind === "opening" && !this.destroyed ? this.#dials.shift() : undefined;
    if (next !== undefined) {
      this.#stream = next(this.#handlers);
      return;
    }
    if (reason === undefined) this.push(null);
    else this.destroy(this.#errorOf(reason));
  }
}
