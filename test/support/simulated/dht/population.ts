// A DHT whose nodes come and go.

import {
  SeededRandom,
  SimulatedWorld,
  type SimulatedMachine,
} from "@troupe/actor-runtime/simulated";
import type { Random } from "@troupe/actor-runtime";
import type { DhtOptions } from "@troupe/messages";
import { dhtPort, endpointOf, SimulatedDhtNode } from "./dht-node.ts";
import { exponential, SimulatedInternet } from "./internet.ts";

/** Nodes that never go, which newcomers ask first. */
const routerCount = 4;

/** Decides a DHT. */
export interface PopulationOptions {
  readonly seed: number;
  /** Nodes that run the production actor, all the time. */
  readonly nodes: number;
  /** Half of the nodes are replaced by others within this time. */
  readonly halfLifeMs: number;
  /** The first nodes start one after the other within this time. */
  readonly joinMs: number;
  /** Chance that a datagram is lost. */
  readonly lossChance: number;
  readonly hasSybilRules?: boolean;
}

/** Honest nodes in a world of their own. */
export class DhtPopulation {
  readonly world: SimulatedWorld;
  readonly internet: SimulatedInternet;
  readonly random: Random;
  /** Running nodes. */
  readonly nodes = new Set<SimulatedDhtNode>();
  readonly routers: SimulatedDhtNode[] = [];
  /** Called for each node that has started after the first ones. */
  onNewcomer: (node: SimulatedDhtNode) => void = () => {};
  /** Nodes that have gone. */
  replaced = 0;
  readonly #options: PopulationOptions;

  constructor(options: PopulationOptions) {
    const { seed, lossChance } = options;
    this.#options = options;
    const travelMs = (from: string, to: string, random: Random): number =>
      this.internet.travelMs(from, to, random);
    this.world = new SimulatedWorld({
      seed,
      keepTrace: false,
      datagrams: { lossChance, travelMs },
    });
    const random = new SeededRandom(`${seed}`);
    this.internet = new SimulatedInternet(random.fork("internet"));
    this.random = random.fork("population");
  }

  /** Starts all nodes; the time of joining has passed then. */
  async join(): Promise<void> {
    const { nodes, joinMs } = this.#options;
    for (let count = 0; count < routerCount; count += 1) {
      const router = this.#newNode();
      await this.world.settle(router.start());
      this.routers.push(router);
    }
    for (let count = 0; count < nodes - routerCount; count += 1) {
      this.world.scheduler.after(this.random.next() * joinMs, () => void this.#start(() => {}));
    }
    await this.world.run(joinMs);
  }

  /** @returns Any node that is no router. */
  anyNode(): SimulatedDhtNode {
    const nodes = [...this.nodes];
    const node = nodes[this.random.integer(nodes.length)];
    if (node === undefined) throw new Error("the population has no node");
    return node;
  }

  /** A machine with an address in a network of its own. */
  newMachine(host: string = this.internet.newHost()): SimulatedMachine {
    return this.world.machine({ addresses: [host] });
  }

  async #start(started: (node: SimulatedDhtNode) => void): Promise<void> {
    const node = this.#newNode();
    await node.start();
    this.nodes.add(node);
    started(node);
    const lifeMs = exponential(this.random, this.#options.halfLifeMs / Math.LN2);
    this.world.scheduler.after(lifeMs, () => void this.#replace(node));
  }

  async #replace(node: SimulatedDhtNode): Promise<void> {
    this.nodes.delete(node);
    this.replaced += 1;
    await node.stop();
    await this.#start((newcomer) => this.onNewcomer(newcomer));
  }

  #newNode(): SimulatedDhtNode {
    const { hasSybilRules = true } = this.#options;
    const routers = this.routers.map(endpointOf);
    const options: DhtOptions = { routers, hasSybilRules, publicPort: dhtPort };
    return new SimulatedDhtNode(this.newMachine(), options);
  }
}
