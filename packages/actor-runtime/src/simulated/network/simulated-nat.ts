import type { Address } from "../../ports/sockets.ts";

/** The UDP ports that a router gives to the sockets behind it. */
const firstPort = 30_000;
const lastPort = 39_999;
const usualIdleMs = 120_000;

/** A home router in front of one machine. It changes the port of each UDP socket. */
export interface NatOptions {
  /** Its address on the internet. */
  readonly host: string;
  /** A UDP socket gets another port for each address that it sends to. Default: one port for all. */
  readonly isSymmetric?: boolean;
  /**
   * Remote addresses that get through to an open UDP port: `any`, the `hosts` that the port has sent to, or the `addresses`
   * that it has sent to. The usual names of routers with one port for all are full cone, address-restricted and
   * port-restricted. Default `addresses`.
   */
  readonly letsIn?: "any" | "hosts" | "addresses";
  /** A UDP port is given up, and its remote addresses are locked out, this long after the last datagram from inside. Default 120 s. */
  readonly idleMs?: number;
  /** TCP ports of the router, and the port of the machine that each leads to. Default: none. */
  readonly tcpPorts?: ReadonlyMap<number, number>;
  /** UDP ports of the router, and the port of the machine that each leads to. Default: none. */
  readonly udpPorts?: ReadonlyMap<number, number>;
}

interface Mapping {
  readonly outsidePort: number;
  readonly insidePort: number;
  /** Remote hosts and addresses, and when a datagram was last sent to each. */
  readonly remotes: Map<string, number>;
  usedAtMs: number;
}

/** Translates addresses of one machine. By default lets only those remote addresses in that the machine has sent to. */
export class SimulatedNat {
  readonly host: string;
  readonly #options: NatOptions;
  readonly #mappings = new Map<string, Mapping>();
  #lastPort = lastPort;

  constructor(options: NatOptions) {
    this.host = options.host;
    this.#options = options;
  }

  /** @returns The source address of a datagram that leaves. */
  outsideOf(insidePort: number, remote: Address, nowMs: number): Address {
    const { isSymmetric = false, udpPorts } = this.#options;
    for (const [port, inside] of udpPorts ?? []) {
      if (inside === insidePort) return { host: this.host, port };
    }
    const key = isSymmetric ? `${insidePort} ${keyOf(remote)}` : `${insidePort}`;
    const known = this.#mappings.get(key);
    const mapping = known !== undefined && this.#isAlive(known, nowMs) ? known : undefined;
    const used = mapping ?? this.#newMapping(key, insidePort);
    used.usedAtMs = nowMs;
    used.remotes.set(keyOf(remote), nowMs);
    used.remotes.set(remote.host, nowMs);
    return { host: this.host, port: used.outsidePort };
  }

  /** @returns The port of the machine for a datagram that arrives; undefined: it is dropped. */
  insideOf(outsidePort: number, remote: Address, nowMs: number): number | undefined {
    const forwarded = this.#options.udpPorts?.get(outsidePort);
    if (forwarded !== undefined) return forwarded;
    for (const mapping of this.#mappings.values()) {
      if (mapping.outsidePort !== outsidePort) continue;
      const sentAtMs = this.#lastSentMs(mapping, remote);
      return nowMs - sentAtMs < this.#idleMs ? mapping.insidePort : undefined;
    }
    return undefined;
  }

  /** @returns The port of the machine that a TCP port of the router leads to. */
  tcpPortOf(outsidePort: number): number | undefined {
    return this.#options.tcpPorts?.get(outsidePort);
  }

  get #idleMs(): number {
    return this.#options.idleMs ?? usualIdleMs;
  }

  #isAlive({ usedAtMs }: Mapping, nowMs: number): boolean {
    return nowMs - usedAtMs < this.#idleMs;
  }

  /** When the port last sent a datagram that lets the remote address in. */
  #lastSentMs({ remotes, usedAtMs }: Mapping, remote: Address): number {
    const { letsIn = "addresses" } = this.#options;
    if (letsIn === "any") return usedAtMs;
    return remotes.get(letsIn === "hosts" ? remote.host : keyOf(remote)) ?? -Infinity;
  }

  #newMapping(key: string, insidePort: number): Mapping {
    this.#lastPort = this.#lastPort >= lastPort ? firstPort : this.#lastPort + 1;
    const outsidePort = this.#lastPort;
    const mapping = { outsidePort, insidePort, remotes: new Map<string, number>(), usedAtMs: 0 };
    this.#mappings.set(key, mapping);
    return mapping;
  }
}

function keyOf({ host, port }: Address): string {
  return `${host}:${port}`;
}
