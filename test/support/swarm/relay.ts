// A door between two peers: bytes pass as far as a test allows. So a transfer stops where the test wants it, at any
// load of the machine and without a clock.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Where a relay leads, and whose bytes it counts and holds back. */
export interface RelayOptions {
  readonly target: { readonly host: string; readonly port: number };
  /** `target`: what the dialled side sends passes the door; `dialler`: what the dialling side sends. */
  readonly gated: "target" | "dialler";
}

/** Enough for a handshake and the messages after it, and for no whole block: a connection that waits at the door stays. */
export const helloBytes = 12_288;

/** A TCP relay on loopback with a door in one direction. Closed doors hold bytes; nothing is ever lost. */
export class Relay implements AsyncDisposable {
  readonly host = "127.0.0.1";
  readonly port: number;
  /** Connections that came so far. */
  connections = 0;
  /** Bytes that passed the door so far. */
  passedBytes = 0;
  /** Bytes of the direction without a door. */
  otherBytes = 0;
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #doors = new Set<Door>();
  readonly #listeners = new Set<() => void>();
  #limitBytes = 0;

  private constructor(server: Server, options: RelayOptions) {
    this.#server = server;
    this.#options = options;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (dialler) => this.#join(dialler));
  }

  /** Listens on loopback, door closed. */
  static async open(options: RelayOptions): Promise<Relay> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    });
    return new Relay(server, options);
  }

  /** Lets bytes pass until `totalBytes` have since the start; `Infinity` opens the door for good. */
  allow(totalBytes: number): void {
    this.#limitBytes = totalBytes;
    for (const door of this.#doors) door.pump();
  }

  /** Settles when everything allowed has passed. */
  async whenUsedUp(): Promise<void> {
    if (this.passedBytes >= this.#limitBytes) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.passedBytes < this.#limitBytes) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
    });
  }

  /** Ends every connection that stands. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #join(dialler: Socket): void {
    this.connections++;
    const target = connect({ ...this.#options.target, noDelay: true });
    const [from, to] = this.#options.gated === "target" ? [target, dialler] : [dialler, target];
    to.on("data", (chunk: Buffer) => (this.otherBytes += chunk.length));
    to.pipe(from);
    const door = new Door(from, to, (bytes) => this.#pass(bytes));
    this.#doors.add(door);
    for (const socket of [dialler, target]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        this.#doors.delete(door);
        dialler.destroy();
        target.destroy();
      });
    }
  }

  /** @returns how many of so many bytes may pass now; they are counted as passed. */
  #pass(bytes: number): number {
    const passing = Math.min(bytes, this.#limitBytes - this.passedBytes);
    this.passedBytes += passing;
    if (this.passedBytes >= this.#limitBytes) for (const listener of this.#listeners) listener();
    return passing;
  }
}

/** The gated direction of one connection. */
class Door {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #pass: (bytes: number) => number;
  #waiting: Buffer | undefined;

  constructor(from: Socket, to: Socket, pass: (bytes: number) => number) {
    this.#from = from;
    this.#to = to;
    this.#pass = pass;
    from.on("data", (chunk: Buffer) => {
      this.#waiting = this.#waiting === undefined ? chunk : Buffer.concat([this.#waiting, chunk]);
      this.pump();
    });
    from.on("end", () => to.end());
    to.on("drain", () => this.pump());
  }

  /** Sends on what may pass. It reads on when nothing is left here and the other side takes what it gets. */
  pump(): void {
    const waiting = this.#waiting;
    const passing = waiting === undefined ? 0 : this.#pass(waiting.length);
    if (waiting !== undefined && passing > 0) {
      this.#to.write(waiting.subarray(0, passing));
      this.#waiting = passing < waiting.length ? waiting.subarray(passing) : undefined;
    }
    if (this.#waiting === undefined && !this.#to.writableNeedDrain) this.#from.resume();
    else this.#from.pause();
  }
}
