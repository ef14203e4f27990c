// Strangers who flood a service: connections with slow heads, and guesses of the password.

import { connect, type Socket } from "node:net";
import { every } from "../time/every.ts";

/** Connections whose heads never end. */
export class SlowHeads implements Disposable {
  readonly #sockets: Socket[] = [];
  readonly #drips: Disposable;
  readonly #opened: Promise<void>[] = [];
  #open = 0;
  #connected = 0;
  #answered = 0;

  /** @param from Addresses of this machine, which take turns. */
  constructor(port: number, from: readonly string[], connections: number) {
    for (let index = 0; index < connections; index++) {
      const localAddress = from[index % from.length];
      const socket = connect({ port, host: "127.0.0.1", ...(localAddress && { localAddress }) });
      const { promise, resolve } = Promise.withResolvers<void>();
      let isOpen = false;
      socket.on("connect", () => {
        isOpen = true;
        this.#open++;
        this.#connected++;
        socket.write("GET /api/v1/torrents HTTP/1.1\r\nhost: localhost\r\n");
        resolve();
      });
      socket.once("data", () => this.#answered++);
      socket.on("error", () => resolve());
      socket.on("close", () => {
        if (isOpen) this.#open--;
        resolve();
      });
      this.#opened.push(promise);
      this.#sockets.push(socket);
    }
    this.#drips = every(1_000, () => this.#drip());
  }

  /** Settles when each has been accepted, or refused. */
  async opened(): Promise<void> {
    await Promise.all(this.#opened);
  }

  /** Connections that came to be, closed ones too. */
  get connected(): number {
    return this.#connected;
  }

  /** Connections that the service has not closed. */
  get open(): number {
    return this.#open;
  }

  /** Connections that got an answer, such as 408 at the end of the time that a head may take. */
  get answered(): number {
    return this.#answered;
  }

  /** Waits until the service has closed all but so many. */
  async closedTo(most: number): Promise<void> {
    for (const socket of this.#sockets) {
      if (this.#open <= most) return;
      if (socket.closed) continue;
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.once("close", () => resolve());
      await promise;
    }
  }

  #drip(): void {
    for (const socket of this.#sockets) if (socket.readyState === "open") socket.write("x: y\r\n");
  }

  [Symbol.dispose](): void {
    this.#drips[Symbol.dispose]();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Addresses of this machine. @param net The second byte. */
export function addressesOf(net: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, index) => `127.${net}.${Math.trunc(index / 250)}.${1 + (index % 250)}`,
  );
}
