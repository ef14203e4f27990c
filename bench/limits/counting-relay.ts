// A relay on 127.0.0.1 that counts the bytes that the dialled side sends in each second, independently of both ends.

import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";

/** Accepts connections and passes them on. */
export class CountingRelay implements Disposable {
  /** Bytes to the dialling side in each second since the first byte. */
  readonly seconds: number[] = [];
  readonly #server: Server;
  #firstAtMs: number | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param target The port that connections are passed on to. */
  static async open(target: number): Promise<CountingRelay> {
    const server = createServer();
    const relay = new CountingRelay(server);
    server.on("connection", (dialler) => {
      const dialled = connect(target, "127.0.0.1");
      dialled.on("data", (bytes) => relay.#count(bytes.length));
      for (const [from, to] of [[dialler, dialled] as const, [dialled, dialler] as const]) {
        from.pipe(to);
        from.on("error", () => to.destroy());
        from.on("close", () => to.destroy());
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return relay;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }

  #count(bytes: number): void {
    const nowMs = performance.now();
    this.#firstAtMs ??= nowMs;
    const second = Math.floor((nowMs - this.#firstAtMs) / 1_000);
    while (this.seconds.length <= second) this.seconds.push(0);
    this.seconds[second] = (this.seconds[second] ?? 0) + bytes;
  }
}
