import { decodeSocksDatagram } from "@troupe/protocol/proxy";
import { isNumericHost, isUnspecified, numericHost } from "../io/network/address.ts";
import type {
  BindOptions,
  DatagramHandlers,
  Datagrams,
  DatagramSocket,
} from "../ports/datagrams.ts";
import type { Address, Stream } from "../ports/sockets.ts";
import type { Timer } from "../ports/timers.ts";
import { ProxiedStream } from "./proxied-stream.ts";
import type { ProxyAccess } from "./proxy-access.ts";
import { RelayDatagrams, RelayedTarget } from "./relay-datagrams.ts";

/** Limit of an association, as of a handshake. */
const associateMs = 10_000;
/** Pause before the first new try after a loss; doubles up to the longest. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Bytes of the header of a datagram to an address of the family: RFC 1928, section 7. */
const socksHeaderBytes = { 4: 10, 6: 22 } as const;
/** Bytes by which a packet of IPv6 has a longer header than one of IPv4. */
const longerHeaderBytes = 20;

/** The sender is not known before it sends: RFC 1928, section 6. */
const anySender = { host: "0.0.0.0", port: 0 } as const;

type State =
  | {
      readonly kind: "associating";
      readonly control: Stream | undefined;
      /** The owner waits for the socket: a proxy that refuses UDP is not asked again. */
      readonly isFirst: boolean;
    }
  | {
      readonly kind: "associated";
      readonly control: Stream;
      readonly socket: DatagramSocket;
      readonly datagrams: RelayDatagrams;
    }
  | { readonly kind: "waiting"; readonly timer: Timer }
  | { readonly kind: "closed" };

/** The owner's part of a socket. */
interface Owner {
  readonly options: BindOptions;
  readonly handlers: DatagramHandlers;
}

/**
 * A UDP socket whose datagrams go through the relay of a SOCKS proxy. The relay lives as long as its control connection;
 * when that closes, the socket associates again, after a pause that doubles from 1 s to 60 s.
 */
export class AssociatedSocket implements DatagramSocket {
  /** The address that the owner asked for: the proxy does not tell where others see its datagrams come from. */
  readonly address: Address;
  readonly #access: ProxyAccess;
  readonly #direct: Datagrams;
  readonly #handlers: DatagramHandlers;
  readonly #size: Pick<BindOptions, "receiveBufferBytes">;
  readonly #first = Promise.withResolvers<string | undefined>();
  #state: State = { kind: "associating", control: undefined, isFirst: true };
  #pauseMs = firstPauseMs;

  constructor(access: ProxyAccess, direct: Datagrams, { options, handlers }: Owner) {
    this.#access = access;
    this.#direct = direct;
    this.#handlers = handlers;
    const { host, port, receiveBufferBytes } = options;
    this.address = { host, port };
    this.#size = receiveBufferBytes === undefined ? {} : { receiveBufferBytes };
  }

  /** @returns The code of a proxy that refuses UDP, after which the socket is closed; undefined for a socket that may be used. */
  start(): Promise<string | undefined> {
    this.#associate(true);
    return this.#first.promise;
  }

  /** The header of SOCKS, and the longer header of IPv6 for a datagram that names an IPv4 address to a relay at IPv6. */
  get headerBytes(): number {
    const state = this.#state;
    const relay = state.kind === "associated" ? state.datagrams.relay : this.#access.proxy;
    if (this.address.host.includes(":")) return socksHeaderBytes[6];
    return socksHeaderBytes[4] + (relay.host.includes(":") ? longerHeaderBytes : 0);
  }

  send(bytes: Uint8Array, to: Address): void {
    const state = this.#state;
    if (state.kind === "closed") return;
    if (state.kind !== "associated") return this.#notSent(to, "proxy-unreachable");
    const target = state.datagrams.targetOf(to);
    if (target === undefined) return this.#notSent(to, "EINVAL");
    state.socket.send(state.datagrams.wrap(target, bytes), target);
  }

  close(): void {
    const state = this.#state;
    this.#state = { kind: "closed" };
    if (state.kind === "waiting") state.timer.cancel();
    if (state.kind === "associated") state.socket.close();
    if ("control" in state) state.control?.destroy();
    this.#first.resolve(undefined);
  }

  #associate(isFirst: boolean): void {
    const request = { command: "udp-associate", target: anySender } as const;
    const control: ProxiedStream = new ProxiedStream(this.#access, request, {
      opened: () => void this.#bind(control),
      bytes: () => undefined,
      closed: (_, reason) => this.#lost(reason),
    });
    this.#state = { kind: "associating", control, isFirst };
    control.start({ timeoutMs: associateMs });
  }

  async #bind(control: ProxiedStream): Promise<void> {
    const relay = relayOf(control);
    const host = relay.host.includes(":") ? "::" : "0.0.0.0";
    try {
      const socket = await this.#direct.bind({ host, port: 0, ...this.#size }, this.#ownHandlers());
      const isWanted = this.#state.kind === "associating" && this.#state.control === control;
      if (!isWanted) return socket.close();
      this.#state = { kind: "associated", control, socket, datagrams: new RelayDatagrams(relay) };
      this.#pauseMs = firstPauseMs;
      this.#first.resolve(undefined);
    } catch {
      control.destroy();
    }
  }

  /** The system is asked for the refusals of single datagrams where the owner hears them. */
  #ownHandlers(): DatagramHandlers {
    const received = (bytes: Uint8Array, from: Address): void => this.#received(bytes, from);
    if (this.#handlers.notSent === undefined) return { received };
    const notSent = (to: Address, code: string): void => {
      const isOpen = this.#state.kind !== "closed";
      if (isOpen && to instanceof RelayedTarget) this.#handlers.notSent?.(to.target, code);
    };
    return { received, notSent };
  }

  /** At the end of the turn: the sender may be in the middle of its own step. */
  #notSent(to: Address, code: string): void {
    if (this.#handlers.notSent === undefined) return;
    this.#access.ports.timers.soon(() => {
      if (this.#state.kind !== "closed") this.#handlers.notSent?.(to, code);
    });
  }

  /** Only the relay is heard. */
  #received(bytes: Uint8Array, from: Address): void {
    const state = this.#state;
    if (state.kind !== "associated") return;
    const { relay } = state.datagrams;
    if (from.port !== relay.port || from.host !== relay.host) return;
    const datagram = decodeSocksDatagram(bytes);
    if (datagram === undefined) return;
    const { host, port } = datagram.from;
    this.#handlers.received(datagram.payload, { host: numericHost(host), port });
  }

  #lost(reason: string | undefined): void {
    const state = this.#state;
    if (state.kind === "closed") return;
    if (state.kind === "associated") state.socket.close();
    if (state.kind === "associating" && state.isFirst && isRefusal(reason)) {
      this.#state = { kind: "closed" };
      return this.#first.resolve(reason);
    }
    this.#first.resolve(undefined);
    const { timers } = this.#access.ports;
    const timer = timers.after(this.#pauseMs, () => this.#associate(false));
    this.#pauseMs = Math.min(2 * this.#pauseMs, longestPauseMs);
    this.#state = { kind: "waiting", timer };
  }
}

/** Otherwise the proxy may answer at the next try. */
function isRefusal(reason: string | undefined): boolean {
  return reason !== undefined && reason !== "dial-timeout" && reason !== "proxy-unreachable";
}

/** A relay at no address, or at a name, is the proxy itself. */
function relayOf({ bound, proxyHost }: ProxiedStream): Address {
  const { host = "", port = 0 } = bound ?? {};
  const isOwn = isUnspecified(host) || !isNumericHost(host);
  return { host: isOwn ? proxyHost : numericHost(host), port };
}
