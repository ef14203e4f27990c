// A tracker that keeps announces waiting for its answer.

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP tracker whose answers are held back. */
export class HeldTracker implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  #held: ServerResponse[] = [];
  #answer: Buffer | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`;
    server.on("request", (_, response) => {
      if (this.#answer === undefined) this.#held.push(response);
      else response.end(this.#answer);
    });
  }

  /** Listens on any free port. */
  static async open(): Promise<HeldTracker> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
    return new HeldTracker(server);
  }

  /** Answers all announces with peers on 127.0.0.1. */
  answer(ports: readonly number[]): void {
    const peers = Buffer.concat(
      ports.map((port) => Buffer.of(127, 0, 0, 1, port >> 8, port & 255)),
    );
    const head = Buffer.from(`d8:intervali1800e5:peers${peers.length}:`);
    this.#answer = Buffer.concat([head, peers, Buffer.from("e")]);
    for (const response of this.#held) response.end(this.#answer);
    this.#held = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
