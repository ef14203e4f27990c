import type { Address } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";

/** Addresses that are remembered; the one that was asked longest ago is forgotten, and a late reply of it is not read. */
const mostAddresses = 2_048;

/**
 * The addresses that UDP trackers were asked at. A datagram of a stranger wakes no other thread, whatever reply of a
 * tracker it looks like.
 */
export class AskedAddresses {
  readonly #keys = new Set<string>();

  add({ host, port }: Address): void {
    const key = addressKey(host, port);
    this.#keys.delete(key);
    this.#keys.add(key);
    if (this.#keys.size <= mostAddresses) return;
    const [oldest] = this.#keys;
    if (oldest !== undefined) this.#keys.delete(oldest);
  }

  has({ host, port }: Address): boolean {
    return this.#keys.has(addressKey(host, port));
  }
}
