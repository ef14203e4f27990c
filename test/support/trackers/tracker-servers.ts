// Hostile trackers on loopback.

import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { HostileDatagramTracker, HostileTcpTracker } from "./hostile-sockets.ts";

const host = "127.0.0.1";

/** A hostile tracker that listens. */
export interface TrackerServer extends AsyncDisposable {
  /** Announce address. */
  readonly url: string;
  /** Requests so far. */
  readonly requests: number;
  /** Bytes of replies that the system took so far. */
  readonly sentBytes: number;
}

/** Listens over TCP. */
export class TcpTrackerServer implements TrackerServer {
  readonly url: string;
  requests = 0;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  private constructor(server: Server, { respond }: HostileTcpTracker) {
    this.url = `http://${host}:${(server.address() as AddressInfo).port}/announce`;
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.push(socket);
      socket.on("error", () => {});
      socket.once("data", (request) => {
        this.requests++;
        respond(socket, request.toString().split(" ")[1] ?? "");
      });
    });
  }

  static async open(tracker: HostileTcpTracker): Promise<TcpTrackerServer> {
    const server = createServer().listen(0, host);
    await once(server, "listening");
    return new TcpTrackerServer(server, tracker);
  }

  get sentBytes(): number {
    return this.#sockets.reduce((sum, socket) => sum + socket.bytesWritten, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Listens over UDP. */
export class UdpTrackerServer implements TrackerServer {
  readonly url: string;
  requests = 0;
  sentBytes = 0;
  readonly #socket: DatagramSocket;

  private constructor(socket: DatagramSocket, { answer }: HostileDatagramTracker) {
    this.url = `udp://${host}:${socket.address().port}/announce`;
    this.#socket = socket;
    socket.on("message", (request, { address, port }) => {
      this.requests++;
      answer(request, (reply) => {
        this.sentBytes += reply.length;
        socket.send(reply, port, address, () => {});
      });
    });
  }

  static async open(tracker: HostileDatagramTracker): Promise<UdpTrackerServer> {
    const socket = createSocket("udp4");
    socket.bind(0, host);
    await once(socket, "listening");
    return new UdpTrackerServer(socket, tracker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
