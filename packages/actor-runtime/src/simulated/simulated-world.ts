import type { Host } from "../hosts/host.ts";
import { Scheduler } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedDisk } from "./disk/simulated-disk.ts";
import { simulatedHost } from "./simulated-host.ts";
import { SimulatedHttp } from "./network/simulated-http.ts";
import { SimulatedMachine } from "./simulated-machine.ts";
import type { DatagramConditions } from "./network/simulated-datagrams.ts";
import type { LineOptions } from "./network/machine-line.ts";
import { SimulatedNames } from "./network/simulated-names.ts";
import { SimulatedProxiedHttp } from "./network/simulated-proxied-http.ts";
import { SimulatedNat, type NatOptions } from "./network/simulated-nat.ts";
import { SimulatedNetwork } from "./network/simulated-network.ts";
import type { RouteConditions } from "./network/simulated-route.ts";
import { Trace } from "./trace.ts";

const usualMessageDelayMs = 1;

/** Decides all events of a world. */
export interface SimulatedWorldOptions {
  readonly seed: number | string;
  /** Conditions of all routes; absent ones are the usual ones (20 to 25 ms, 100 Mbit/s). */
  readonly conditions?: Partial<RouteConditions>;
  /** Conditions of all datagrams; absent ones are the usual ones (20 to 25 ms, none lost). */
  readonly datagrams?: Partial<DatagramConditions>;
  /** Maximum delay between actors. Default 1 ms. */
  readonly messageDelayMs?: number;
  /** False: keeps only the digest. Default true. */
  readonly keepTrace?: boolean;
}

/** Properties of a new machine. */
interface MachineOptions {
  /** At least one; IPv4 or IPv6. */
  readonly addresses: readonly string[];
  /** Default: the first address. */
  readonly name?: string;
  /** Default 2⁴⁰. */
  readonly capacityBytes?: number;
  /** The router between the machine and the internet. Default: none. */
  readonly nat?: NatOptions;
  /** Shared by its connections and datagrams; HTTP does not use it. Default: a line of its own for each other machine. */
  readonly line?: LineOptions;
}

/**
 * Machines, their network, the web and a trace, in virtual time: the same trace, byte for byte, for the same program
 * and seed. Events happen only while `run`, `runUntil` or `settle` is awaited. A program that waits for anything real
 * outside its machines is not deterministic.
 */
export class SimulatedWorld {
  readonly scheduler: Scheduler = new Scheduler();
  readonly network: SimulatedNetwork;
  readonly http: SimulatedHttp;
  readonly names: SimulatedNames;
  readonly #random: SeededRandom;
  readonly #trace: Trace;
  readonly #messageDelayMs: number;
  readonly #names = new Set<string>();
  #deliveredMessages = 0;

  constructor(options: SimulatedWorldOptions) {
    const { scheduler } = this;
    const random = new SeededRandom(String(options.seed));
    const trace = (what: string): void => this.#trace.add(what);
    this.#random = random;
    this.#trace = new Trace(scheduler.clock, options.keepTrace ?? true);
    this.#messageDelayMs = options.messageDelayMs ?? usualMessageDelayMs;
    this.network = new SimulatedNetwork({
      scheduler,
      random: random.fork("network"),
      trace,
      conditions: options.conditions ?? {},
      datagrams: options.datagrams ?? {},
    });
    this.names = new SimulatedNames(scheduler, random.fork("names"), trace);
    this.http = new SimulatedHttp(scheduler, random.fork("http"), trace, this.names);
  }

  /** A line for each message, socket event, request, disk call and actor start, with its virtual time. */
  get trace(): readonly string[] {
    return this.#trace.lines;
  }

  traceDigest(): string {
    return this.#trace.digest();
  }

  /** A point for a kill. */
  get deliveredMessages(): number {
    return this.#deliveredMessages;
  }

  /** Adds a machine. @throws for an address in use. */
  machine(options: MachineOptions): SimulatedMachine {
    const { addresses, capacityBytes } = options;
    const name = options.name ?? addresses[0] ?? "";
    if (name === "" || this.#names.has(name)) {
      throw new Error(`cannot add a machine named "${name}": names are needed and belong to one`);
    }
    const { scheduler } = this;
    const disk = new SimulatedDisk({
      clock: scheduler.clock,
      timers: scheduler.timers,
      device: BigInt(this.#names.size + 1),
      log: ({ number, operation, path, lengthBytes }) => {
        this.#trace.add(`disk ${name} ${number} ${operation} ${path} ${lengthBytes}`);
      },
      ...(capacityBytes === undefined ? {} : { capacityBytes }),
    });
    const nat = options.nat && new SimulatedNat(options.nat);
    const sockets = this.network.attach(name, addresses, nat, options.line);
    const machine = new SimulatedMachine({
      clock: scheduler.clock,
      timers: scheduler.timers,
      random: this.#random.fork(name),
      sockets,
      datagrams: this.network.datagramsOf(sockets),
      http: this.http.client(addresses),
      httpFrom: (access) => new SimulatedProxiedHttp(access, this.http.client([access.proxy.host])),
      names: this.names.client(),
      disk,
      host: (made) => this.#hostOf(made),
    });
    this.#names.add(name);
    return machine;
  }

  run(forMs: number): Promise<void> {
    return this.scheduler.run(this.scheduler.nowMs + forMs);
  }

  runUntil(condition: () => boolean, withinMs?: number): Promise<void> {
    return this.scheduler.runUntil(condition, withinMs);
  }

  settle<Value>(promise: Promise<Value>, withinMs?: number): Promise<Value> {
    return this.scheduler.settle(promise, withinMs);
  }

  #hostOf(machine: SimulatedMachine): Host {
    return simulatedHost({
      scheduler: this.scheduler,
      random: this.#random.fork(`${machine.name}/messages`),
      ports: ({ name, epoch }) => machine.ports(`${name}/${epoch}`),
      messageDelayMs: this.#messageDelayMs,
      trace: (what) => this.#trace.add(`${machine.name} ${what}`),
      delivered: (what) => {
        this.#deliveredMessages += 1;
        this.#trace.add(`${machine.name} ${what}`);
      },
    });
  }
}
