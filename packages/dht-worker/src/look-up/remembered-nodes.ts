// Nodes that earlier look-ups ended at. They are too many and too far from us for the routing table, and the best start
// for a look-up of the same torrent, or of one near it.

import { addressKey } from "@troupe/protocol/address";
import { compareDistance, type Contact, type NodeId } from "@troupe/protocol/dht";

/** Nodes of a family. */
export const mostRememberedNodes = 2_048;
/** Half of all nodes are gone by then. */
export const rememberedMs = 1_800_000;

/** Neighbours of a target in the order of ids, on each side, of which the nearest start a look-up. */
const neighbours = 16;

interface Remembered {
  readonly contact: Contact;
  readonly answeredMs: number;
}

/** Remembered nodes of one family. */
export class RememberedNodes {
  /** By address, the node first that has not answered for longest. */
  readonly #byAddress = new Map<string, Remembered>();
  /** By id: near ids share their first bits, so they lie together. */
  readonly #sorted: Remembered[] = [];

  get size(): number {
    return this.#byAddress.size;
  }

  /** A node answered. When there is no room, the node that has not answered for longest is forgotten. */
  add(contact: Contact, nowMs: number): void {
    this.forget(contact.host, contact.port);
    const remembered = { contact, answeredMs: nowMs };
    this.#byAddress.set(addressKey(contact.host, contact.port), remembered);
    this.#sorted.splice(this.#placeOf(contact.id), 0, remembered);
    if (this.size > mostRememberedNodes) this.#forgetOldest();
  }

  /** A node did not answer, or must not be asked. */
  forget(host: string, port: number): void {
    const key = addressKey(host, port);
    const remembered = this.#byAddress.get(key);
    if (remembered === undefined) return;
    this.#byAddress.delete(key);
    this.#sorted.splice(this.#sorted.indexOf(remembered, this.#placeOf(remembered.contact.id)), 1);
  }

  /** @returns At most `count` nodes near the target, the nearest first. */
  near(target: NodeId, count: number, nowMs: number): readonly Contact[] {
    this.#forgetOld(nowMs);
    const at = this.#placeOf(target);
    return this.#sorted
      .slice(Math.max(0, at - neighbours), at + neighbours)
      .map(({ contact }) => contact)
      .sort((a, b) => compareDistance(target, a.id, b.id))
      .slice(0, count);
  }

  #forgetOld(nowMs: number): void {
    for (const { contact, answeredMs } of this.#byAddress.values()) {
      if (nowMs - answeredMs <= rememberedMs) return;
      this.forget(contact.host, contact.port);
    }
  }

  #forgetOldest(): void {
    for (const { contact } of this.#byAddress.values())
      return this.forget(contact.host, contact.port);
  }

  /** @returns The index of the first node whose id is not below `id`. */
  #placeOf(id: NodeId): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#sorted[middle];
      if (other !== undefined && Buffer.compare(other.contact.id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
