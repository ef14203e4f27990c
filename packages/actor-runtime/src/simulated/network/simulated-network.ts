import { numericHost } from "../../io/network/address.ts";
import type { Scheduler } from "../scheduler.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { isGroup, isLoopback } from "./hosts-and-ports.ts";
import {
  SimulatedDatagrams,
  usualDatagramConditions,
  type DatagramConditions,
  type Uplink,
} from "./simulated-datagrams.ts";
import { MachineLine, type LineOptions } from "./machine-line.ts";
import type { SimulatedNat } from "./simulated-nat.ts";
import { loopbackConditions, SimulatedRoute, usualConditions } from "./simulated-route.ts";
import type { RouteConditions } from "./simulated-route.ts";
import { SimulatedSockets, type NetworkAccess } from "./simulated-sockets.ts";
import type { SimulatedStream } from "./simulated-stream.ts";
import { StreamPath } from "./stream-path.ts";

/** Parts of a network. */
interface SimulatedNetworkOptions {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly trace: (what: string) => void;
  /** Conditions of all routes; absent ones are the usual ones. */
  readonly conditions?: Partial<RouteConditions>;
  readonly datagrams?: Partial<DatagramConditions>;
}

interface Connection {
  readonly ends: readonly SimulatedStream[];
  readonly machines: readonly SimulatedSockets[];
}

/** Connects machines. Unknown addresses never answer. */
export class SimulatedNetwork {
  readonly #options: SimulatedNetworkOptions;
  readonly #access: NetworkAccess;
  readonly #byAddress = new Map<string, SimulatedSockets>();
  /** By each address of its machine. */
  readonly #datagrams = new Map<string, SimulatedDatagrams>();
  readonly #datagramRandom: SeededRandom;
  /** How datagrams are carried from now on. */
  datagramConditions: DatagramConditions;
  readonly #routes = new Map<string, SimulatedRoute>();
  #connections: Connection[] = [];
  #forgetAt = 64;

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options;
    this.datagramConditions = { ...usualDatagramConditions, ...options.datagrams };
    this.#datagramRandom = options.random.fork("datagrams");
    this.#access = {
      scheduler: options.scheduler,
      trace: options.trace,
      random: options.random.fork("ports"),
      find: (from, host) => this.#find(from, host),
      route: (from, to) => this.#route(from, to),
      path: (from, to) => this.#path(from, to),
      joined: (dialled, accepted, machines) => {
        this.#remember({ ends: [dialled, accepted], machines });
      },
    };
  }

  /** Adds a machine, behind a router or not, with a line or not. @throws for an address in use. */
  attach(
    name: string,
    addresses: readonly string[],
    nat?: SimulatedNat,
    lineOptions?: LineOptions,
  ): SimulatedSockets {
    const line = lineOptions && new MachineLine(this.#options.scheduler, lineOptions);
    const sockets = new SimulatedSockets(name, addresses, this.#access, nat, line);
    for (const address of sockets.publicAddresses) {
      const owner = this.#byAddress.get(address);
      if (owner !== undefined) throw new Error(`${address} belongs to ${owner.name} already`);
      this.#byAddress.set(address, sockets);
    }
    return sockets;
  }

  /** The UDP of a machine that is attached. */
  datagramsOf(machine: SimulatedSockets): SimulatedDatagrams {
    const network = {
      scheduler: this.#options.scheduler,
      random: this.#datagramRandom,
      trace: this.#options.trace,
      conditions: () => this.datagramConditions,
      find: (from: SimulatedDatagrams, host: string) => this.#receivers(from, host),
    };
    const { name, addresses, nat, line } = machine;
    const datagrams = new SimulatedDatagrams(name, addresses, network, nat, line);
    for (const address of machine.publicAddresses) this.#datagrams.set(address, datagrams);
    return datagrams;
  }

  /** Sets the uplink for the datagrams of a machine alone, from now on. */
  setUplink(address: string, uplink: Uplink): void {
    const datagrams = this.#datagrams.get(numericHost(address));
    if (datagrams === undefined) throw new Error(`no machine has the address ${address}`);
    this.#options.trace(`net ${address} uplink ${uplink}`);
    datagrams.uplink = uplink;
  }

  /** In both directions, from now on, by any of their addresses. */
  setConditions(a: string, b: string, conditions: Partial<RouteConditions>): void {
    for (const route of this.#bothWays(a, b)) {
      route.conditions = { ...route.conditions, ...conditions };
    }
  }

  /** Stops the delivery without an error, or resumes it with the waiting bytes. Bytes under way still arrive. */
  setBlackHole(a: string, b: string, isBlackHole: boolean): void {
    this.#options.trace(`net ${a} ${b} ${isBlackHole ? "black hole" : "carries again"}`);
    for (const route of this.#bothWays(a, b)) route.isBlackHole = isBlackHole;
  }

  cut(a: string, b: string): void {
    this.#options.trace(`net ${a} ${b} cut`);
    const machines = [this.#machine(a), this.#machine(b)];
    for (const { ends, machines: joined } of this.#connections) {
      if (!joined.every((machine) => machines.includes(machine))) continue;
      if (!machines.every((machine) => joined.includes(machine))) continue;
      for (const end of ends) end.fail("ECONNRESET");
    }
  }

  /** Each time the list has doubled. */
  #remember(connection: Connection): void {
    this.#connections.push(connection);
    if (this.#connections.length < this.#forgetAt) return;
    this.#connections = this.#connections.filter(({ ends }) => ends.some((end) => !end.isClosed));
    this.#forgetAt = 64 + 2 * this.#connections.length;
  }

  #find(from: SimulatedSockets, host: string): SimulatedSockets | undefined {
    return isLoopback(host) ? from : this.#byAddress.get(numericHost(host));
  }

  #receivers(from: SimulatedDatagrams, host: string): readonly SimulatedDatagrams[] {
    if (isLoopback(host)) return [from];
    // Most hosts are written as the address of a machine.
    const known = this.#datagrams.get(host) ?? this.#datagrams.get(numericHost(host));
    if (known !== undefined) return this.#isBlackHole(from, known) ? [] : [known];
    if (!isGroup(host)) return [];
    return [...new Set(this.#datagrams.values())].filter(
      (machine) => machine.hasJoined(host) && !this.#isBlackHole(from, machine),
    );
  }

  #isBlackHole(from: SimulatedDatagrams, to: SimulatedDatagrams): boolean {
    if (this.#routes.size === 0) return false;
    return this.#routes.get(`${from.name} ${to.name}`)?.isBlackHole === true;
  }

  #machine(address: string): SimulatedSockets {
    const machine = this.#byAddress.get(numericHost(address));
    if (machine === undefined) throw new Error(`no machine has the address ${address}`);
    return machine;
  }

  #bothWays(a: string, b: string): readonly SimulatedRoute[] {
    const [one, other] = [this.#machine(a), this.#machine(b)];
    return [this.#route(one, other), this.#route(other, one)];
  }

  #path(from: SimulatedSockets, to: SimulatedSockets): StreamPath {
    const { scheduler } = this.#options;
    const route = this.#route(from, to);
    // A machine reaches itself without its line.
    if (from === to) return new StreamPath(scheduler, route, undefined, undefined);
    return new StreamPath(scheduler, route, from.line, to.line);
  }

  #route(from: SimulatedSockets, to: SimulatedSockets): SimulatedRoute {
    const key = `${from.name} ${to.name}`;
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    const conditions =
      from === to ? loopbackConditions : { ...usualConditions, ...this.#options.conditions };
    const route = new SimulatedRoute(conditions, this.#options.random.fork(key));
    this.#routes.set(key, route);
    return route;
  }
}
