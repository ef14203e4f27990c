// The UDP of one simulated machine. Datagrams get lost, come twice and overtake each other. Nothing is kept of a pair of
// machines, so that thousands can speak with each other.

import type {
  BindOptions,
  DatagramHandlers,
  Datagrams,
  DatagramSocket,
} from "../../ports/datagrams.ts";
import { longestDatagramBytes } from "../../ports/datagrams.ts";
import type { Random } from "../../ports/random.ts";
import type { Address } from "../../ports/sockets.ts";
import { isSocketAddress, isUnspecified, numericHost } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import { FreePorts, isGroup, isIpv6, isLoopback, isPrivate } from "./hosts-and-ports.ts";
import type { MachineLine } from "./machine-line.ts";
import type { SimulatedNat } from "./simulated-nat.ts";

/** How a network carries datagrams between any two machines. */
export interface DatagramConditions {
  /** One way. */
  readonly latencyMs: number;
  /** Up to this much is added to the latency of each datagram: they may overtake each other. */
  readonly jitterMs: number;
  /** Chance, from 0 to 1, that a datagram does not arrive. */
  readonly lossChance: number;
  /** Chance, from 0 to 1, that a datagram arrives twice. */
  readonly duplicateChance: number;
  /** Travel time of one datagram between two machines, by their names; replaces latency and jitter. */
  readonly travelMs?: (from: string, to: string, random: Random) => number;
}

/** Conditions like those of the usual route of a stream. */
export const usualDatagramConditions: DatagramConditions = {
  latencyMs: 20,
  jitterMs: 5,
  lossChance: 0,
  duplicateChance: 0,
};

/** Lent to one handler at a time. A view that is kept after the call shows at once. */
const lentBytes = new Uint8Array(longestDatagramBytes);

/** The services of a network for the datagrams of its machines. */
interface DatagramNetwork {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: (what: string) => void;
  readonly conditions: () => DatagramConditions;
  /** The machines that a datagram to `host` reaches: none, one, or the members of a group. */
  find(from: SimulatedDatagrams, host: string): readonly SimulatedDatagrams[];
}

/** The way from a machine to all others. `silent`: datagrams vanish; `unreachable`: the system refuses to send them. */
export type Uplink = "up" | "silent" | "unreachable";

interface BoundSocket {
  readonly options: BindOptions;
  readonly address: Address;
  readonly handlers: DatagramHandlers;
}

/** {@link Datagrams} of one machine. */
export class SimulatedDatagrams implements Datagrams {
  readonly name: string;
  /** In both directions, from now on. */
  uplink: Uplink = "up";
  readonly #addresses: readonly string[];
  readonly #network: DatagramNetwork;
  readonly #nat: SimulatedNat | undefined;
  readonly #line: MachineLine | undefined;
  readonly #sockets = new Set<BoundSocket>();
  readonly #freePorts = new FreePorts();

  constructor(
    name: string,
    addresses: readonly string[],
    network: DatagramNetwork,
    nat?: SimulatedNat,
    line?: MachineLine,
  ) {
    this.name = name;
    this.#addresses = addresses.map(numericHost);
    this.#network = network;
    this.#nat = nat;
    this.#line = line;
  }

  bind(options: BindOptions, handlers: DatagramHandlers): Promise<DatagramSocket> {
    const refusal = this.#refusalOf(options);
    if (refusal !== undefined) {
      const where = `${options.host} port ${options.port}`;
      return Promise.reject(systemError(refusal, `cannot receive at ${where}`));
    }
    const port = options.port || this.#freePorts.next(this.#sockets);
    const address = { host: numericHost(options.host), port };
    const socket: BoundSocket = { options, address, handlers };
    this.#sockets.add(socket);
    this.#network.trace(`udp ${address.host}:${address.port} bound`);
    return Promise.resolve({
      address,
      send: (bytes, to) => this.#send(socket, bytes, to),
      close: () => void this.#sockets.delete(socket),
    });
  }

  /** A socket of this machine is a member of the group. */
  hasJoined(group: string): boolean {
    return [...this.#sockets].some(({ options }) => options.group?.host === group);
  }

  #send(socket: BoundSocket, bytes: Uint8Array, to: Address): void {
    if (!this.#sockets.has(socket)) return;
    const host = this.#sourceFor(socket, to.host);
    if (!isSocketAddress(to)) return socket.handlers.notSent?.(to, "EINVAL");
    if (host === undefined) return socket.handlers.notSent?.(to, "ENETUNREACH");
    if (bytes.length > longestDatagramBytes) return socket.handlers.notSent?.(to, "EMSGSIZE");
    if (!this.#carries(to.host)) {
      if (this.uplink === "unreachable") socket.handlers.notSent?.(to, "ENETUNREACH");
      return;
    }
    const from = this.#seenFrom({ host, port: socket.address.port }, to);
    const { lossChance, duplicateChance } = this.#network.conditions();
    const { random, scheduler } = this.#network;
    for (const machine of this.#network.find(this, to.host)) {
      if (random.next() < lossChance) continue;
      const copies = random.next() < duplicateChance ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const arrive = (): void => machine.#arrive(bytes, from, to);
        if (machine === this) scheduler.after(this.#travelMs(machine), arrive);
        else this.#carry(machine, bytes.length, arrive);
      }
    }
  }

  /** Over the lines of both machines, where they have some. Full ones drop it. */
  #carry(to: SimulatedDatagrams, lengthBytes: number, arrive: () => void): void {
    const travelMs = this.#travelMs(to);
    const down = to.#line?.datagramsDown;
    const arrived = down === undefined ? arrive : (): void => void down.add(lengthBytes, arrive);
    const leave = (): void => void this.#network.scheduler.after(travelMs, arrived);
    if (this.#line === undefined) leave();
    else this.#line.datagramsUp.add(lengthBytes, leave);
  }

  #travelMs(to: SimulatedDatagrams): number {
    const { random } = this.#network;
    const { latencyMs, jitterMs, travelMs } = this.#network.conditions();
    return travelMs?.(this.name, to.name, random) ?? latencyMs + random.next() * jitterMs;
  }

  #carries(remoteHost: string): boolean {
    return this.uplink === "up" || isLoopback(remoteHost);
  }

  /** The source address as the other machine sees it. */
  #seenFrom(source: Address, to: Address): Address {
    if (this.#nat === undefined) return source;
    if (isLoopback(to.host) || isGroup(to.host) || isPrivate(to.host)) return source;
    return this.#nat.outsideOf(source.port, to, this.#network.scheduler.nowMs);
  }

  #arrive(bytes: Uint8Array, from: Address, sentTo: Address): void {
    const to = this.#insideOf(sentTo, from);
    if (to === undefined || !this.#carries(to.host)) return;
    for (const socket of this.#sockets) {
      if (!receives(socket, to)) continue;
      this.#network.trace(`udp ${from.host}:${from.port} → ${to.host}:${to.port} ${bytes.length}`);
      const lent = lentBytes.subarray(0, bytes.length);
      lent.set(bytes);
      socket.handlers.received(lent, from);
      lent.fill(0xa5);
      if (socket.options.group?.host !== to.host) return;
    }
  }

  /** @returns Undefined for an address that the router does not let in. */
  #insideOf(to: Address, from: Address): Address | undefined {
    if (this.#nat === undefined || to.host !== this.#nat.host) return to;
    const port = this.#nat.insideOf(to.port, from, this.#network.scheduler.nowMs);
    return port === undefined ? undefined : { host: this.#addresses[0] ?? "", port };
  }

  #refusalOf(options: BindOptions): string | undefined {
    const { host, port, isShared = false } = options;
    if (!isSocketAddress({ host, port: port || 1 })) return "EINVAL";
    if (!isUnspecified(host) && !this.#addresses.includes(numericHost(host)))
      return "EADDRNOTAVAIL";
    if (!this.#addresses.some((own) => isIpv6(own) === isIpv6(host))) return "EAFNOSUPPORT";
    const isTaken = [...this.#sockets].some(
      (socket) =>
        socket.address.port === port &&
        isIpv6(socket.address.host) === isIpv6(host) &&
        !(isShared && socket.options.isShared === true),
    );
    return isTaken ? "EADDRINUSE" : undefined;
  }

  #sourceFor(socket: BoundSocket, remoteHost: string): string | undefined {
    const { host } = socket.address;
    if (isIpv6(host) !== isIpv6(remoteHost)) return undefined;
    if (!isUnspecified(host)) return host;
    const through = socket.options.group?.through;
    if (isGroup(remoteHost) && this.#addresses.some((own) => own === through)) return through;
    return this.#addresses.find((own) => isIpv6(own) === isIpv6(remoteHost));
  }
}

function receives({ address, options }: BoundSocket, to: Address): boolean {
  if (address.port !== to.port || isIpv6(address.host) !== isIpv6(to.host)) return false;
  if (options.group?.host === to.host) return true;
  return (
    address.host === numericHost(to.host) || (isUnspecified(address.host) && !isGroup(to.host))
  );
}
