import type { Address, ListenOptions, Listener, Sockets, Stream } from "../../ports/sockets.ts";
import type { Random } from "../../ports/random.ts";
import type { StreamHandlers } from "../../ports/sockets.ts";
import { isSocketAddress, isUnspecified, numericHost } from "../../io/network/address.ts";
import { systemError } from "../../errors.ts";
import { FreePorts, isIpv6, isLoopback } from "./hosts-and-ports.ts";
import type { SimulatedNat } from "./simulated-nat.ts";
import type { SimulatedRoute } from "./simulated-route.ts";
import { SimulatedStream, type StreamWorld } from "./simulated-stream.ts";
import type { StreamPath } from "./stream-path.ts";
import type { MachineLine } from "./machine-line.ts";

/** The network of a machine's sockets. */
export interface NetworkAccess extends StreamWorld {
  readonly random: Random;
  /** The machine that `from` reaches by this address. */
  find(from: SimulatedSockets, host: string): SimulatedSockets | undefined;
  route(from: SimulatedSockets, to: SimulatedSockets): SimulatedRoute;
  /** The path of a new connection. */
  path(from: SimulatedSockets, to: SimulatedSockets): StreamPath;
  joined(
    dialled: SimulatedStream,
    accepted: SimulatedStream,
    ends: readonly SimulatedSockets[],
  ): void;
}

interface ListeningSocket {
  readonly options: ListenOptions;
  readonly address: Address;
  readonly accept: (stream: Stream) => StreamHandlers;
}

/** TCP of a simulated machine. */
export class SimulatedSockets implements Sockets {
  readonly name: string;
  /** At least one; dials leave from the first of a family. */
  readonly addresses: readonly string[];
  /** The router before it. */
  readonly nat: SimulatedNat | undefined;
  /** Undefined: each pair of machines has a line of its own. */
  readonly line: MachineLine | undefined;
  readonly #network: NetworkAccess;
  readonly #listeningSockets = new Set<ListeningSocket>();
  readonly #freePorts = new FreePorts();

  constructor(
    name: string,
    addresses: readonly string[],
    network: NetworkAccess,
    nat?: SimulatedNat,
    line?: MachineLine,
  ) {
    this.name = name;
    this.addresses = addresses.map(numericHost);
    this.nat = nat;
    this.line = line;
    this.#network = network;
  }

  /** Addresses that lead to this machine, the one of its router among them. */
  get publicAddresses(): readonly string[] {
    return this.nat === undefined ? this.addresses : [...this.addresses, this.nat.host];
  }

  dial(
    to: Address,
    handlers: StreamHandlers,
    options: { readonly timeoutMs: number; readonly localHost?: string },
  ): Stream {
    const refusal = this.#refusalOf(to, options.localHost);
    const localHost = options.localHost ?? this.#localHostFor(to.host) ?? "0.0.0.0";
    const local = {
      host: numericHost(localHost),
      port: refusal === undefined ? this.#freePorts.next(this.#listeningSockets) : 0,
    };
    const target = refusal === undefined ? this.#network.find(this, to.host) : undefined;
    // An unknown address never answers the dial.
    const path = this.#network.path(this, target ?? this);
    const stream = new SimulatedStream(this.#network, path, local, to);
    stream.answerTo(handlers);
    stream.openWithin(options.timeoutMs);
    if (refusal !== undefined) stream.fail(refusal);
    else if (target !== undefined) this.#knock(stream, path.route, target);
    return stream;
  }

  listen(options: ListenOptions, accept: (stream: Stream) => StreamHandlers): Promise<Listener> {
    const refusal = this.#listenRefusal(options);
    if (refusal !== undefined) {
      const where = `${options.host} port ${options.port}`;
      return Promise.reject(systemError(refusal, `cannot listen on ${where}`));
    }
    const port = options.port === 0 ? this.#freePorts.next(this.#listeningSockets) : options.port;
    const address = { host: numericHost(options.host), port };
    const socket: ListeningSocket = { options, address, accept };
    this.#listeningSockets.add(socket);
    this.#network.trace(`tcp ${address.host}:${port} listening`);
    return Promise.resolve({
      address,
      close: () => {
        this.#listeningSockets.delete(socket);
        return new Promise((resolve) => this.#network.scheduler.timers.soon(resolve));
      },
    });
  }

  /** @returns the accepting end, or undefined without a listener. */
  #answer(dialled: SimulatedStream, from: SimulatedSockets): SimulatedStream | undefined {
    const { remote, local } = dialled;
    const inside = this.#insideOf(remote);
    const open = [...this.#listeningSockets].filter((socket) => isOpenTo(socket, inside));
    const socket = open[open.length > 1 ? this.#network.random.integer(open.length) : 0];
    if (socket === undefined) return undefined;
    const path = this.#network.path(this, from);
    const accepted = new SimulatedStream(this.#network, path, remote, local);
    accepted.accept(dialled);
    this.#network.joined(dialled, accepted, [from, this]);
    accepted.answerTo(socket.accept(accepted));
    return accepted;
  }

  /** The address that a dialled address leads to; port 0: none. */
  #insideOf(remote: Address): Address {
    if (this.nat === undefined || remote.host !== this.nat.host) return remote;
    return { host: this.addresses[0] ?? "", port: this.nat.tcpPortOf(remote.port) ?? 0 };
  }

  #knock(dialled: SimulatedStream, route: SimulatedRoute, target: SimulatedSockets): void {
    if (route.isBlackHole) return;
    const { scheduler } = this.#network;
    scheduler.after(route.travelMs(), () => {
      if (target.#answer(dialled, this) !== undefined) return;
      const back = this.#network.route(target, this);
      scheduler.after(back.travelMs(), () => dialled.fail("ECONNREFUSED"));
    });
  }

  #refusalOf(to: Address, localHost: string | undefined): string | undefined {
    if (!isSocketAddress(to)) return "EINVAL";
    if (localHost !== undefined && !this.#isOwn(localHost)) return "EADDRNOTAVAIL";
    return this.#localHostFor(to.host) === undefined ? "ENETUNREACH" : undefined;
  }

  #listenRefusal(options: ListenOptions): string | undefined {
    const { host, port } = options;
    if (!isSocketAddress({ host, port: port === 0 ? 1 : port })) return "EINVAL";
    if (!isUnspecified(host) && !this.#isOwn(host)) return "EADDRNOTAVAIL";
    const isTaken = [...this.#listeningSockets].some(
      (socket) =>
        socket.address.port === port &&
        overlap(socket.options, options) &&
        !(socket.options.reusePort === true && options.reusePort === true),
    );
    return isTaken ? "EADDRINUSE" : undefined;
  }

  #localHostFor(remoteHost: string): string | undefined {
    if (isLoopback(remoteHost)) return numericHost(remoteHost);
    return this.addresses.find((host) => isIpv6(host) === isIpv6(remoteHost));
  }

  #isOwn(host: string): boolean {
    return isLoopback(host) || this.addresses.includes(numericHost(host));
  }
}

function isOpenTo(socket: ListeningSocket, to: Address): boolean {
  if (socket.address.port !== to.port) return false;
  return socket.address.host === numericHost(to.host) || covers(socket.options, to.host);
}

/** `::` covers IPv4 too, unless `ipv6Only`. */
function covers({ host, ipv6Only }: ListenOptions, target: string): boolean {
  if (host === "0.0.0.0") return !isIpv6(target);
  return host === "::" && (isIpv6(target) || ipv6Only !== true);
}

function overlap(a: ListenOptions, b: ListenOptions): boolean {
  return a.host === b.host || covers(a, b.host) || covers(b, a.host);
}
