// Our own addresses, which trackers and peers name to us too: a dial there meets ourselves, or no one behind a router.

import { addressKey, classifyAddress, networkOf } from "@troupe/protocol";

/** A machine has a few addresses, and a tracker may name each. */
const metLimit = 64;
/** Networks that must see the same address: a few liars cannot hide a peer from us, nor choose our order of peers. */
const votesNeeded = 5;
/** Networks of a family; the oldest vote is forgotten. */
const voteLimit = 64;

/** IPv4 or IPv6. */
export type HostFamily = "4" | "6";

/** The family of a numeric address. */
export function familyOf(host: string): HostFamily {
  return host.includes(":") ? "6" : "4";
}

/** The addresses under which peers reach the engine. */
export class OwnAddresses {
  readonly #ports: () => readonly number[];
  readonly #met = new Set<string>();
  /** By family, then by network of the witness: our address as it saw it last. */
  readonly #votes: Readonly<Record<HostFamily, Map<string, string>>> = {
    "4": new Map(),
    "6": new Map(),
  };
  readonly #believed = new Map<HostFamily, string>();

  /** @param ports The ports that peers find us at. */
  constructor(ports: () => readonly number[]) {
    this.#ports = ports;
  }

  /** A dial met ourselves. */
  met(host: string, port: number): void {
    if (this.#met.size < metLimit) this.#met.add(addressKey(host, port));
  }

  /**
   * A peer or a tracker sees us at this host. Each network has one vote. An address is believed when most votes of its
   * family, five at least, name it, and until another address has them.
   *
   * @param witness The host of the peer or tracker. Only votes between hosts of the internet count.
   * @returns Whether another address is believed now.
   */
  seen(host: string, witness: string): boolean {
    const family = familyOf(host);
    if (family !== familyOf(witness)) return false;
    if (classifyAddress(host) !== "internet" || classifyAddress(witness) !== "internet")
      return false;
    const votes = this.#votes[family];
    const network = networkOf(witness);
    votes.delete(network);
    votes.set(network, host);
    const [oldest] = votes.keys();
    if (votes.size > voteLimit && oldest !== undefined) votes.delete(oldest);
    const agreeing = [...votes.values()].filter((other) => other === host).length;
    if (agreeing < votesNeeded || 2 * agreeing <= votes.size) return false;
    if (this.#believed.get(family) === host) return false;
    this.#believed.set(family, host);
    return true;
  }

  /** Our address of the internet as peers see it; undefined while too few agree. */
  addressOf(family: HostFamily): string | undefined {
    return this.#believed.get(family);
  }

  /** The port that peers find us at; 0 before the engine listens. */
  get port(): number {
    return this.#ports()[0] ?? 0;
  }

  /** Whether a dial there would meet ourselves. */
  has(host: string, port: number): boolean {
    if (this.#met.has(addressKey(host, port))) return true;
    return this.#believed.get(familyOf(host)) === host && this.#ports().includes(port);
  }
}
