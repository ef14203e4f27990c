// Nodes in virtual time.

import type { SimulatedMachine, SimulatedWorldOptions } from "@troupe/actor-runtime/simulated";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import type { DhtOptions } from "@troupe/messages";
import { TestNode } from "./test-node.ts";

/** Where simulated nodes receive. */
export const testPort = 6_881;

/** Machines of the internet, each in a network of its own. */
export class TestNetwork {
  readonly world: SimulatedWorld;
  readonly machines: SimulatedMachine[] = [];
  readonly nodes: TestNode[] = [];

  constructor(options: Partial<SimulatedWorldOptions> = {}) {
    this.world = new SimulatedWorld({ seed: "dht", ...options });
  }

  /** @param address Default: the next network. */
  machine(...addresses: readonly string[]): SimulatedMachine {
    const number = this.machines.length + 1;
    const own = addresses.length > 0 ? addresses : [`20.${number >> 8}.${number & 255}.1`];
    const machine = this.world.machine({ addresses: own });
    this.machines.push(machine);
    return machine;
  }

  /** A node that asks the first node of the network, and no routers. */
  async node(options: DhtOptions = {}, machine = this.machine()): Promise<TestNode> {
    const [first] = this.machines;
    const bootstrap =
      first === undefined || first === machine
        ? []
        : [{ host: first.addresses[0] ?? "", port: testPort }];
    const listen = { hosts: machine.addresses, ports: [testPort] };
    const starting = TestNode.start(machine.host, { bootstrap, routers: [], ...options }, listen);
    const node = await this.world.settle(starting);
    this.nodes.push(node);
    return node;
  }

  async stop(): Promise<void> {
    await this.world.settle(Promise.all(this.nodes.map((node) => node.stop())));
  }
}
