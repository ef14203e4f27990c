// Machines with lines, and connections that have always more to send.

import type { LineOptions } from "../../../src/simulated/network/machine-line.ts";
import type { RouteConditions } from "../../../src/simulated/network/simulated-route.ts";
import { SimulatedWorld } from "../../../src/simulated/simulated-world.ts";
import type { Stream, StreamHandlers } from "../../../src/ports/sockets.ts";

const port = 80;
const writeBytes = 65_536;
/** So wide that it bounds nothing. */
const wide = 1_000_000_000;

/** A connection over which one end sends without a pause. */
export class Flow implements StreamHandlers {
  receivedBytes = 0;
  writtenBytes = 0;
  isClosed = false;
  sender: Stream | undefined;
  receiver: Stream | undefined;

  send(stream: Stream): void {
    this.sender = stream;
    const more = (): void => {
      if (this.isClosed) return;
      this.writtenBytes += writeBytes;
      stream.write(new Uint8Array(writeBytes), more);
    };
    // The next write is queued before the first has left.
    more();
    more();
  }

  bytes(_: Stream, chunk: Uint8Array): void {
    this.receivedBytes += chunk.byteLength;
  }

  closed(): void {
    this.isClosed = true;
  }
}

/** A world of the machines 10.0.0.1, 10.0.0.2 …, with these lines. */
export class LineBench {
  readonly world: SimulatedWorld;
  readonly #flows: Flow[] = [];
  readonly #ports;

  constructor(
    lines: readonly (Partial<LineOptions> | undefined)[],
    conditions: Partial<RouteConditions> = {},
  ) {
    const wideRoute = { latencyMs: 20, jitterMs: 0, bytesPerSecond: wide, ...conditions };
    this.world = new SimulatedWorld({
      seed: "lines",
      conditions: wideRoute,
      keepTrace: false,
    });
    const unbounded = { upBytesPerSecond: wide, downBytesPerSecond: wide };
    this.#ports = lines.map((line, index) =>
      this.world
        .machine({
          addresses: [`10.0.0.${index + 1}`],
          ...(line !== undefined && { line: { ...unbounded, ...line } }),
        })
        .ports("bench"),
    );
  }

  portsOf(machine: number) {
    const ports = this.#ports[machine - 1];
    if (ports === undefined) throw new Error(`bug: no machine ${machine}`);
    return ports;
  }

  /** A connection over which machine `from` sends to machine `to`; both are numbers from 1. */
  async flow(from: number, to: number): Promise<Flow> {
    const { world } = this;
    const flow = new Flow();
    const host = `10.0.0.${to}`;
    const listener = await world.settle(
      this.portsOf(to).sockets.listen({ host, port: port + this.#flows.length }, (stream) => {
        flow.receiver = stream;
        return flow;
      }),
    );
    const silent = { bytes: () => {}, closed: () => flow.closed() };
    this.portsOf(from).sockets.dial(
      listener.address,
      { ...silent, opened: (stream) => flow.send(stream) },
      { timeoutMs: 10_000 },
    );
    this.#flows.push(flow);
    await world.runUntil(() => flow.sender !== undefined && flow.receiver !== undefined);
    return flow;
  }

  /** Bytes a second of each flow, in thousands, over some seconds. */
  async rates(flows: readonly Flow[], seconds = 5): Promise<readonly number[]> {
    const before = flows.map(({ receivedBytes }) => receivedBytes);
    await this.world.run(seconds * 1_000);
    return flows.map(({ receivedBytes }, index) =>
      Math.round((receivedBytes - (before[index] ?? 0)) / seconds / 1_000),
    );
  }
}
