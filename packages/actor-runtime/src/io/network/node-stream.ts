import { isIP, Socket } from "node:net";

import type { Address, Stream, StreamHandlers } from "../../ports/sockets.ts";
import { numericHost } from "./address.ts";

/** Limit after `end` to send the queue and receive the other end. */
const lingerMs = 10_000;

/** The stream of a socket: handlers that all sockets share find it there, which saves each connection its closures. */
const streamKey: unique symbol = Symbol("stream");

type StreamSocket = Socket & { [streamKey]?: NodeStream };

/** Tells its stream when either side ends: listeners of `end` would take as much memory as the stream. */
export class EndingSocket extends Socket {
  [streamKey]: NodeStream | undefined;

  /** Node calls it, too, when the other side has ended. */
  override end(): this {
    super.end();
    this[streamKey]?.linger();
    return this;
  }
}

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
  /** The host that the connection was to begin at, then its address, which is looked up at its first use. */
  #local: Address | string | undefined;
  #wantsDrained = false;
  #isEnding = false;
  #reason: string | undefined;
  #deadline: NodeJS.Timeout | undefined;

  /** @param localHost Reported until the real address is known; by default the unspecified host. */
  constructor(remote: Address, localHost: string | undefined, receiveBuffer: Uint8Array) {
    this.remote = remote;
    this.#local = localHost;
    this.#receiveBuffer = receiveBuffer;
  }

  attach(socket: StreamSocket): void {
    this.#socket = socket;
    socket[streamKey] = this;
    socket.on("error", onError);
    socket.on("drain", onDrain);
    if (!(socket instanceof EndingSocket)) socket.on("end", onEnd);
    socket.on("close", onClose);
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
    // A timer is larger than the stream.
    this.#deadline = undefined;
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
    if (typeof this.#local === "object") return this.#local;
    const socket = this.#socket;
    if (socket === undefined || socket.connecting || socket.localAddress === undefined)
      return { host: this.#local ?? unspecifiedHost(this.remote.host), port: 0 };
    this.#local = { host: numericHost(socket.localAddress), port: socket.localPort ?? 0 };
    return this.#local;
  }

  get queuedBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  get takenBytes(): number {
    const socket = this.#socket;
    return socket === undefined ? 0 : takenBytesOf(socket);
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
    this.linger();
  }

  destroy(): void {
    this.#socket?.destroy();
  }

  reset(): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    // A socket without a connection has nothing to reset. libuv resets none whose end is on its way to the system, and Node
    // would leave such a socket open for ever.
    const isConnected = !socket.connecting;
    const isBeingEnded = socket.writableEnded && !socket.writableFinished;
    if (isConnected && !isBeingEnded) Reflect.set(socket, resetKey, true);
    socket.destroy();
  }

  /** The socket has failed. */
  failed({ code, name }: NodeJS.ErrnoException): void {
    this.#reason ??= code ?? name;
  }

  /** The socket waits for the end of the other side, or of our queue. */
  linger(): void {
    clearTimeout(this.#deadline);
    if (this.#socket?.destroyed === true) return;
    this.#deadline = setTimeout(() => this.destroy(), lingerMs).unref();
  }

  /** The socket's queue is empty. */
  drained(): void {
    if (!this.#wantsDrained) return;
    this.#wantsDrained = false;
    this.#handlers?.drained?.(this);
  }

  /** The socket is closed. */
  closed(): void {
    clearTimeout(this.#deadline);
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.closed(this, this.#reason);
  }
}

function unspecifiedHost(remoteHost: string): string {
  return isIP(remoteHost) === 6 ? "::" : "0.0.0.0";
}

/** Handlers of all sockets, which Node calls as methods of the socket. */
export const socketHandlers = {
  /** Reads by the option `onread`. */
  read: onRead,
  /** For sockets without `read`. */
  data: onData,
  /** For dialled sockets. */
  connect: onConnect,
};

function onRead(this: unknown, lengthBytes: number): boolean {
  streamOf(this)?.received(lengthBytes);
  return true;
}

function onData(this: unknown, chunk: Uint8Array): void {
  streamOf(this)?.receivedChunk(chunk);
}

function onConnect(this: unknown): void {
  streamOf(this)?.opened();
}

function onError(this: unknown, error: NodeJS.ErrnoException): void {
  streamOf(this)?.failed(error);
}

function onDrain(this: unknown): void {
  streamOf(this)?.drained();
}

function onEnd(this: unknown): void {
  streamOf(this)?.linger();
}

function onClose(this: unknown): void {
  streamOf(this)?.closed();
}

function streamOf(socket: unknown): NodeStream | undefined {
  return (socket as StreamSocket)[streamKey];
}

/**
 * Not documented by Node: `destroy` resets the connection. Node's own `resetAndDestroy` ends the socket first, and leaves it open
 * for ever when an error comes before that end.
 */
const resetKey = "resetAndClosing";

/** Not documented by Node, but what its own time-outs compare. */
const handleKey = "_handle";

/** Node counts a write as whole or not at all; its handle knows the part that the kernel has not taken. */
function takenBytesOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, handleKey);
  if (typeof handle === "object" && handle !== null) {
    const [givenBytes, waitingBytes]: unknown[] = [
      Reflect.get(handle, "bytesWritten"),
      Reflect.get(handle, "writeQueueSize"),
    ];
    if (typeof givenBytes === "number" && typeof waitingBytes === "number")
      return givenBytes - waitingBytes;
  }
  return socket.bytesWritten - socket.writableLength;
}
