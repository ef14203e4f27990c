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
import { isSocketAddress, numericHost } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import type { Scheduler } from "../scheduler.ts";
import { FreePorts, isGroup, isIpv6, isWildcard } from "./hosts-and-ports.ts";

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
}

/** As the usual route of a stream. */
export const usualDatagramConditions: DatagramConditions = {
  latencyMs: 20,
  jitterMs: 5,
  lossChance: 0,
  duplicateChance: 0,
};

/** The services of a network for the datagrams of its machines. */
export interface DatagramNetwork {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly trace: (what: string) => void;
  readonly conditions: () => DatagramConditions;
  /** The machines that a datagram to `host` reaches: none, one, or the members of a group. */
  find(from: SimulatedDatagrams, host: string): readonly SimulatedDatagrams[];
}

interface BoundSocket {
  readonly options: BindOptions;
  readonly address: Address;
  readonly handlers: DatagramHandlers;
}

/** {@link Datagrams} of one machine. */
export class SimulatedDatagrams implements Datagrams {
  readonly name: string;
  readonly #addresses: readonly string[];
  readonly #network: DatagramNetwork;
  readonly #sockets = new Set<BoundSocket>();
  readonly #freePorts = new FreePorts();

  constructor(name: string, addresses: readonly string[], network: DatagramNetwork) {
    this.name = name;
    this.#addresses = addresses.map(numericHost);
    this.#network = network;
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
    const from = { host, port: socket.address.port };
    const { latencyMs, jitterMs, lossChance, duplicateChance } = this.#network.conditions();
    const { random, scheduler } = this.#network;
    for (const machine of this.#network.find(this, to.host)) {
      if (random.next() < lossChance) continue;
      const copies = random.next() < duplicateChance ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        scheduler.after(latencyMs + random.next() * jitterMs, () => {
          machine.#arrive(bytes, from, to);
        });
      }
    }
  }

  #arrive(bytes: Uint8Array, from: Address, to: Address): void {
    for (const socket of this.#sockets) {
      if (!receives(socket, to)) continue;
      this.#network.trace(`udp ${from.host}:${from.port} → ${to.host}:${to.port} ${bytes.length}`);
      const lent = bytes.slice();
      socket.handlers.received(lent, from);
      // A view that is kept after the call shows at once.
      lent.fill(0xa5);
      if (socket.options.group?.host !== to.host) return;
    }
  }

  #refusalOf(options: BindOptions): string | undefined {
    const { host, port, isShared = false } = options;
    if (!isSocketAddress({ host, port: port || 1 })) return "EINVAL";
    if (!isWildcard(host) && !this.#addresses.includes(numericHost(host))) return "EADDRNOTAVAIL";
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
    if (!isWildcard(host)) return host;
    const through = socket.options.group?.through;
    if (isGroup(remoteHost) && this.#addresses.some((own) => own === through)) return through;
    return this.#addresses.find((own) => isIpv6(own) === isIpv6(remoteHost));
  }
}

function receives({ address, options }: BoundSocket, to: Address): boolean {
  if (address.port !== to.port || isIpv6(address.host) !== isIpv6(to.host)) return false;
  if (options.group?.host === to.host) return true;
  return address.host === numericHost(to.host) || (isWildcard(address.host) && !isGroup(to.host));
}
