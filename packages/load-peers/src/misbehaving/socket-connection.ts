// Lines over real TCP.

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { RawConnection, type RawConnectionOptions, type Wire } from "./raw-connection.ts";

/** Where to connect to, and from where. */
export interface DialOptions extends Omit<RawConnectionOptions, "after"> {
  readonly host: string;
  readonly port: number;
  /** One of our addresses, to look like another host. */
  readonly localAddress?: string;
  /** Ends the line when it aborts. */
  readonly signal?: AbortSignal;
}

/** Connects. The line is open at once: what is said before the connection stands waits for it. */
export function dialConnection(dialling: DialOptions): RawConnection {
  const { host, port, localAddress, signal } = dialling;
  const socket = connect({
    host,
    port,
    noDelay: true,
    allowHalfOpen: true,
    ...(localAddress !== undefined && { localAddress }),
  });
  const connection = connectionOver(socket, dialling);
  if (signal?.aborted === true) connection.close();
  const abort = (): void => connection.close();
  signal?.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal?.removeEventListener("abort", abort));
  return connection;
}

/** A listening peer: each connection that comes is a line. */
export class ConnectionServer implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets = new Set<Socket>();

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** Listens on any free port of loopback. */
  static async open(
    options: Omit<RawConnectionOptions, "after">,
    accept: (connection: RawConnection) => void,
  ): Promise<ConnectionServer> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    const lines = new ConnectionServer(server);
    server.on("connection", (socket) => {
      lines.#sockets.add(socket);
      socket.once("close", () => lines.#sockets.delete(socket));
      accept(connectionOver(socket, options));
    });
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function connectionOver(
  socket: Socket,
  options: Omit<RawConnectionOptions, "after">,
): RawConnection {
  const connection = new RawConnection({ ...options, after });
  connection.attach(wireOf(socket));
  let reason: string | undefined;
  socket.on("data", (chunk) => connection.receive(chunk as Buffer));
  socket.on("drain", () => connection.drained());
  socket.on("connect", () => connection.drained());
  // The other side has ended the connection: it closes when our queued bytes are written.
  socket.on("end", () => socket.destroySoon());
  socket.on("error", (error: NodeJS.ErrnoException) => (reason ??= error.code ?? error.name));
  socket.on("close", () => connection.markClosed(reason));
  return connection;
}

function wireOf(socket: Socket): Wire {
  return {
    get queuedBytes() {
      return socket.writableLength;
    },
    write: (bytes) => socket.write(bytes),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.resetAndDestroy(),
  };
}

function after(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}
