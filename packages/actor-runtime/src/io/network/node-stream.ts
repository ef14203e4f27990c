// One TCP connection over a Node socket. Bytes arrive in the thread's one receive buffer.

import type { Socket } from "node:net";

import type { Address, Stream, StreamHandlers } from "../../ports/sockets.ts";
import { numericHost } from "./address.ts";

/** How long a stream that was ended may take to send its queue and hear the other side's end. */
const lingerMs = 10_000;

/**
 * A {@link Stream} over a `net.Socket`. Three steps make one, all in one turn, before anything can arrive: the
 * constructor, so that the socket's read callback has something to speak to; `attach`; then `answerTo`, because the
 * owner of an accepted stream may use it before it says who answers.
 *
 * Bytes that arrive after `end` are dropped. A stream that either side ended is closed at the latest 10 s later,
 * whatever is still queued: a peer that does not read holds no memory for longer.
 */
export class NodeStream implements Stream {
  readonly remote: Address;
  readonly #receiveBuffer: Uint8Array;
  #socket: Socket | undefined;
  #handlers: StreamHandlers | undefined;
  #local: Address;
  #localIsFinal = false;
  #wantsDrained = false;
  #isEnding = false;
  #reason: string | undefined;
  #deadline: NodeJS.Timeout | undefined;

  /** @param local Reported until the connection stands and the system has told the real one. */
  constructor(remote: Address, local: Address, receiveBuffer: Uint8Array) {
    this.remote = remote;
    this.#local = local;
    this.#receiveBuffer = receiveBuffer;
  }

  /** Takes over `socket` and its events. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#reason ??= error.code ?? error.name;
    });
    socket.on("drain", () => this.#drained());
    socket.on("end", () => this.#linger());
    socket.once("close", () => this.#closed());
  }

  answerTo(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  /** Dialled streams: gives up with `dial-timeout` unless `opened` is called in time. */
  openWithin(timeoutMs: number): void {
    this.#deadline = setTimeout(() => {
      this.#reason ??= "dial-timeout";
      this.destroy();
    }, timeoutMs);
  }

  /** Dialled streams: the connection stands. */
  opened(): void {
    clearTimeout(this.#deadline);
    this.#handlers?.opened?.(this);
  }

  /** The first `lengthBytes` of the receive buffer are this stream's. */
  received(lengthBytes: number): void {
    const { buffer } = this.#receiveBuffer;
    this.receivedChunk(new Uint8Array(buffer, this.#receiveBuffer.byteOffset, lengthBytes));
  }

  /** Bytes arrived elsewhere than in the receive buffer. */
  receivedChunk(chunk: Uint8Array): void {
    if (!this.#isEnding) this.#handlers?.bytes(this, chunk);
  }

  get local(): Address {
    const socket = this.#socket;
    if (!this.#localIsFinal && socket?.localAddress !== undefined && !socket.connecting) {
      this.#local = { host: numericHost(socket.localAddress), port: socket.localPort ?? 0 };
      this.#localIsFinal = true;
    }
    return this.#local;
  }

  get queuedBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    const socket = this.#socket;
    if (socket === undefined || !socket.writable) {
      if (written !== undefined) process.nextTick(written);
      return true;
    }
    // Node calls `written` once in every case, also when the socket is destroyed: see the test.
    if (socket.write(bytes, written)) return true;
    // Node counts a large write as too much queued even when the system took all of it at once.
    if (socket.writableLength === 0) return true;
    this.#wantsDrained = true;
    return false;
  }

  pause(): void {
    if (!this.#isEnding) this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  end(): void {
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || this.#isEnding) return;
    this.#isEnding = true;
    // The other side's end is only seen by reading.
    socket.resume();
    socket.end();
    this.#linger();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  #linger(): void {
    clearTimeout(this.#deadline);
    if (this.#socket?.destroyed === true) return;
    this.#deadline = setTimeout(() => this.destroy(), lingerMs).unref();
  }

  #drained(): void {
    if (!this.#wantsDrained) return;
    this.#wantsDrained = false;
    this.#handlers?.drained?.(this);
  }

  #closed(): void {
    clearTimeout(this.#deadline);
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed(this, this.#reason);
  }
}
