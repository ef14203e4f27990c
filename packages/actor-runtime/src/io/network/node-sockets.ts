import { createServer, isIP, Socket, type OnReadOpts, type Server } from "node:net";

import type {
  Address,
  ListenOptions,
  Listener,
  Sockets,
  Stream,
  StreamHandlers,
} from "../../ports/sockets.ts";
import { adoptAccepted } from "./accepted-socket.ts";
import type { DeviceSockets } from "./bind-to-device.ts";
import { isSocketAddress, numericHost } from "./address.ts";
import { EndingSocket, NodeStream, socketHandlers } from "./node-stream.ts";
import { systemError } from "../../errors.ts";

/** The most that one read brings. */
const defaultReceiveBufferBytes = 256 * 1024;

/**
 * Waiting for `accept`; Linux caps it at `somaxconn`. libuv accepts one connection in a turn of the event loop, and beyond
 * the queue the system drops connects, which come again seconds later.
 */
const backlogConnections = 4_096;

/**
 * Real TCP for one thread. A static buffer serves all streams without an allocation or copy per read: the owner reads
 * it within the callback, and callbacks of a thread never overlap.
 */
export class NodeSockets implements Sockets {
  readonly #receiveBufferBytes: number;
  readonly #device: DeviceSockets | undefined;
  #receiveBuffer: Uint8Array | undefined;
  #onread: OnReadOpts | undefined;

  /**
   * @param options.receiveBufferBytes Default 262 144. Allocated at the first dial or listen.
   * @param options.device Opens each socket, bound to a device. Default: Node does.
   */
  constructor(
    options: {
      readonly receiveBufferBytes?: number;
      readonly device?: DeviceSockets | undefined;
    } = {},
  ) {
    this.#receiveBufferBytes = options.receiveBufferBytes ?? defaultReceiveBufferBytes;
    this.#device = options.device;
  }

  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream {
    const stream = new NodeStream(to, options.localHost, this.#buffer());
    const socket = this.#connect(to, options.localHost);
    stream.attach(socket);
    stream.answerTo(handlers);
    socket.on("connect", socketHandlers.connect);
    stream.openWithin(options.timeoutMs);
    return stream;
  }

  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (accepted) =>
      this.#welcome(accepted, accept),
    );
    return listening(server, options, this.#device);
  }

  /** An invalid address fails by an event, like an unreachable one. */
  #connect(to: Address, localHost: string | undefined): Socket {
    if (!isSocketAddress(to) || (localHost !== undefined && isIP(localHost) === 0)) {
      return new Socket().destroy(systemError("EINVAL", `cannot dial ${to.host} port ${to.port}`));
    }
    const shared = { noDelay: true, onread: this.#readInto() };
    let options: object = shared;
    try {
      const fd = this.#device?.openStream(isIP(to.host) === 6 ? 6 : 4);
      if (fd !== undefined) options = { ...shared, ...{ fd, readable: true, writable: true } };
    } catch (error) {
      return new Socket().destroy(error instanceof Error ? error : undefined);
    }
    return new EndingSocket(options).connect({
      host: to.host,
      port: to.port,
      ...(localHost === undefined ? {} : { localAddress: localHost }),
    });
  }

  #welcome(accepted: Socket, accept: (stream: Stream) => StreamHandlers): void {
    const { remoteAddress, remotePort } = accepted;
    if (remoteAddress === undefined || remotePort === undefined) {
      accepted.on("error", ignored).destroy();
      return;
    }
    const remote = { host: numericHost(remoteAddress), port: remotePort };
    const stream = new NodeStream(remote, undefined, this.#buffer());
    const adopted = adoptAccepted(accepted, this.#readInto());
    const socket = adopted ?? accepted;
    stream.attach(socket);
    stream.answerTo(accept(stream));
    // Silent while `onread` works; needed if Node drops it.
    socket.on("data", socketHandlers.data);
  }

  /** The read buffer, which all sockets share. */
  #readInto(): OnReadOpts {
    this.#onread ??= { buffer: this.#buffer(), callback: socketHandlers.read };
    return this.#onread;
  }

  #buffer(): Uint8Array {
    this.#receiveBuffer ??= new Uint8Array(this.#receiveBufferBytes);
    return this.#receiveBuffer;
  }
}

function listening(
  server: Server,
  options: ListenOptions,
  device: DeviceSockets | undefined,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    if (isIP(options.host) === 0) {
      throw systemError(
        "EINVAL",
        `cannot listen on "${options.host}": it is not a numeric address`,
      );
    }
    server.once("error", reject);
    server.listen(placeOf(options, device), () => {
      server.off("error", reject);
      // Exhausted descriptors must not end the listener.
      server.on("error", ignored);
      resolve(listenerOf(server));
    });
  });
}

/** Options of Node. @throws an error with the code of the system, where a socket cannot be bound to the device. */
function placeOf(options: ListenOptions, device: DeviceSockets | undefined): object {
  const backlog = backlogConnections;
  if (device !== undefined) return { fd: device.openListener(options), backlog };
  return {
    ...{ host: options.host, port: options.port, backlog },
    ...(options.reusePort === true ? { reusePort: true } : {}),
    ...(options.ipv6Only === true ? { ipv6Only: true } : {}),
  };
}

function listenerOf(server: Server): Listener {
  const bound = server.address();
  if (bound === null || typeof bound === "string") {
    throw new Error("bug: a listening TCP server has no address");
  }
  return {
    address: { host: numericHost(bound.address), port: bound.port },
    close() {
      // Node's callback waits for every connection; ours live on. `close` frees the port at once.
      server.close(ignored);
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function ignored(): void {}
