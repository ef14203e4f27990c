import type { Socket } from "node:net";

import type { Address, Stream, StreamHandlers } from "../../ports/sockets.ts";
import { numericHost } from "./address.ts";

/** Limit after `end` to send the queue and receive the other end. */
const lingerMs = 10_000;

/**
 * A {@link Stream} over a `net.Socket`. Made in three steps within one turn, before any byte arrives: the constructor,
 * for the read callback; `attach`; then `answerTo`, because the owner may use an accepted stream before it returns
 * handlers. Drops bytes after `end`. Closes at the latest 10 s after either side ended: a peer that does not read holds
 * no memory for longer.
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

  /** @param local Reported until the real address is known. */
  constructor(remote: Address, local: Address, receiveBuffer: Uint8Array) {
    this.remote = remote;
    this.#local = local;
    this.#receiveBuffer = receiveBuffer;
  }

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

  /** Fails with `dial-timeout` unless `opened` is called in time. */
  openWithin(timeoutMs: number): void {
    this.#deadline = setTimeout(() => {
      this.#reason ??= "dial-timeout";
      this.destroy();
    }, timeoutMs);
  }

  opened(): void {
    clearTimeout(this.#deadline);
    this.#handlers?.opened?.(this);
  }

  received(lengthBytes: number): void {
    const { buffer } = this.#receiveBuffer;
    this.receivedChunk(new Uint8Array(buffer, this.#receiveBuffer.byteOffset, lengthBytes));
  }

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
    // Node calls `written` exactly once, even on destroy: see the test.
    if (socket.write(bytes, written)) return true;
    // Node reports a large write as queued even if the system took all of it.
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
    // Only reading shows the other side's end.
    socket.resume();
    socket.end();
    this.#linger();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  reset(): void {
    // Node would wait for the connection, and reset it then.
    if (this.#socket?.connecting === true) this.destroy();
    else this.#socket?.resetAndDestroy();
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
