// Our own addresses, which trackers name to us too: a dial there meets ourselves, or no one behind a router.

import { addressKey, networkOf } from "@troupe/protocol";

/** A machine has a few addresses, and a tracker may name each. */
const metLimit = 64;
/** Networks whose peers must see the same address: a few liars cannot hide a peer from us. */
const witnessesNeeded = 3;
/** The oldest is forgotten. */
const witnessLimit = 64;

/** The addresses under which peers of a torrent reach us. */
export class OwnAddresses {
  readonly #met = new Set<string>();
  /** By network of the peer: our address as that peer last saw it. */
  readonly #seen = new Map<string, string>();
  /** By family: believed to be ours. */
  readonly #believed = new Map<"4" | "6", string>();

  /** A dial met ourselves. */
  met(host: string, port: number): void {
    if (this.#met.size < metLimit) this.#met.add(addressKey(host, port));
  }

  /**
   * A peer sees us at this host. It is believed while most networks, three at least, agree; one address a family.
   *
   * @param port Of ours. @param witness The peer's host.
   */
  seen(host: string, port: number, witness: string): void {
    const family = familyOf(host);
    if (family !== familyOf(witness)) return;
    const network = networkOf(witness);
    this.#seen.delete(network);
    this.#seen.set(network, host);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > witnessLimit && oldest !== undefined) this.#seen.delete(oldest);
    const voices = [...this.#seen.values()].filter((other) => familyOf(other) === family);
    const agreeing = voices.filter((other) => other === host).length;
    if (agreeing >= witnessesNeeded && 2 * agreeing > voices.length)
      this.#believed.set(family, addressKey(host, port));
  }

  has(host: string, port: number): boolean {
    const key = addressKey(host, port);
    return this.#met.has(key) || this.#believed.get(familyOf(host)) === key;
  }
}

function familyOf(host: string): "4" | "6" {
  return host.includes(":") ? "6" : "4";
}
