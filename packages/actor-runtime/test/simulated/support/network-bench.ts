// A network of two machines for tests of the parts below a whole world.

import { Scheduler } from "../../../src/simulated/scheduler.ts";
import { SeededRandom } from "../../../src/simulated/seeded-random.ts";
import { SimulatedNetwork } from "../../../src/simulated/network/simulated-network.ts";
import type { RouteConditions } from "../../../src/simulated/network/simulated-route.ts";
import type { SimulatedSockets } from "../../../src/simulated/network/simulated-sockets.ts";
import { connectedPair, type Pair, type SocketBench } from "../../io/support/socket-ends.ts";

/** Two machines, 10.0.0.1 and 10.0.0.2, and virtual time. */
export interface NetworkBench {
  readonly scheduler: Scheduler;
  readonly network: SimulatedNetwork;
  readonly a: SimulatedSockets;
  readonly b: SimulatedSockets;
  readonly lines: readonly string[];
}

export function networkBench(
  seed: string,
  conditions: Partial<RouteConditions> = {},
): NetworkBench {
  const scheduler = new Scheduler();
  const lines: string[] = [];
  const network = new SimulatedNetwork({
    scheduler,
    random: new SeededRandom(seed),
    trace: (what) => lines.push(`${scheduler.nowMs} ${what}`),
    conditions,
  });
  const a = network.attach("a", ["10.0.0.1", "2001:db8::1"]);
  const b = network.attach("b", ["10.0.0.2"]);
  return { scheduler, network, a, b, lines };
}

/** The bench of the sockets suite: `a` dials, `b` listens, both through one object. */
export function pairOf(bench: NetworkBench): Promise<Pair> {
  return connectedPair(socketBench(bench));
}

export function socketBench({ scheduler, a, b }: NetworkBench): SocketBench {
  return {
    sockets: {
      dial: (...parameters) => a.dial(...parameters),
      listen: (...parameters) => b.listen(...parameters),
    },
    host: "10.0.0.2",
    settle: (promise) => scheduler.settle(promise),
  };
}
