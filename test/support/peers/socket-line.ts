// Lines over real TCP.

import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { Line, type LineOptions, type Wire } from "./line.ts";

/** Where to connect to, and from where. */
export interface Dialling extends Omit<LineOptions, "after"> {
  readonly host: string;
  readonly port: number;
  /** One of our addresses, to look like another host. */
  readonly localAddress?: string;
  /** Ends the line when it aborts. */
  readonly signal?: AbortSignal;
}

/** Connects. The line is open at once: what is said before the connection stands waits for it. */
export function dialLine(dialling: Dialling): Line {
  const { host, port, localAddress, signal } = dialling;
  const socket = connect({
    host,
    port,
    noDelay: true,
    allowHalfOpen: true,
    ...(localAddress !== undefined && { localAddress }),
  });
  const line = lineOver(socket, dialling);
  if (signal?.aborted === true) line.close();
  const abort = (): void => line.close();
  signal?.addEventListener("abort", abort, { once: true });
  socket.once("close", () => signal?.removeEventListener("abort", abort));
  return line;
}

/** A listening peer: each connection that comes is a line. */
export class LineServer implements AsyncDisposable {
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
    options: Omit<LineOptions, "after">,
    accept: (line: Line) => void,
  ): Promise<LineServer> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    const lines = new LineServer(server);
    server.on("connection", (socket) => {
      lines.#sockets.add(socket);
      socket.once("close", () => lines.#sockets.delete(socket));
      accept(lineOver(socket, options));
    });
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function lineOver(socket: Socket, options: Omit<LineOptions, "after">): Line {
  const line = new Line({ ...options, after });
  line.attach(wireOf(socket));
  let reason: string | undefined;
  socket.on("data", (chunk) => line.hear(chunk as Buffer));
  socket.on("drain", () => line.drained());
  socket.on("connect", () => line.drained());
  // The other side is done with us, whatever we still have to say.
  socket.on("end", () => socket.destroySoon());
  socket.on("error", (error: NodeJS.ErrnoException) => (reason ??= error.code ?? error.name));
  socket.on("close", () => line.hasClosed(reason));
  return line;
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
