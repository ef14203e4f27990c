// The stream of windows over a real NATS server, at a connection that breaks.

import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { nodePorts } from "@troupe/actor-runtime";
import test from "ava";
import type { Bus } from "../../packages/load-tester/src/agents/bus/bus.ts";
import { openNatsBus } from "../../packages/load-tester/src/agents/bus/nats-bus.ts";
import { NatsServer } from "../support/programs/nats-server.ts";
import { until } from "../support/time/until.ts";

/** A line to the server, which can swallow what the server says. */
class Line implements AsyncDisposable {
  isDeaf = false;
  swallowedBytes = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      near.on("data", (bytes) => far.write(bytes));
      far.on("data", (bytes) => {
        if (this.isDeaf) this.swallowedBytes += bytes.length;
        else near.write(bytes);
      });
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => {});
        socket.on("close", () => other.destroy());
      }
    });
  }

  static async open(port: number): Promise<Line> {
    const line = new Line(port);
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  break(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.break();
    this.#server.close();
    await once(this.#server, "close");
  }
}

async function bus(url: string): Promise<Bus> {
  return await openNatsBus({ url }, { names: nodePorts().names, name: "test", warn: () => {} });
}

test("windows that were on their way when the leader's connection broke come again, in order", async (t) => {
  await using server = await NatsServer.start();
  await using line = await Line.open(server.port);
  await using sender = await bus(server.url);
  await using reader = await bus(line.url);
  const seen: string[] = [];
  const stop = await reader.windows.read("run", (bytes) =>
    seen.push(Buffer.from(bytes).toString()),
  );
  // The outbox of an agent sends again, too, when the server is late; the server drops doubles.
  const send = async (name: string): Promise<void> => {
    const append = () => sender.windows.append("run", name, Buffer.from(name));
    await append().catch(() => send(name));
  };
  await send("0");
  await until("the first window", () => seen.length >= 1);
  line.isDeaf = true;
  for (const name of ["1", "2"]) await send(name);
  await until("swallowed bytes", () => line.swallowedBytes > 0);
  line.break();
  line.isDeaf = false;
  for (const name of ["3", "4"]) await send(name);
  await until("five windows", () => seen.length >= 5);
  await send("5");
  await until("the last window", () => seen.includes("5"));
  t.deepEqual(seen, ["0", "1", "2", "3", "4", "5"]);
  stop();
});
