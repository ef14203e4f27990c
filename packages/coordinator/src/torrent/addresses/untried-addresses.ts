// Addresses that were never dialled. Their origins take turns, so that thousands of dead addresses of one tracker do not
// hold up the peers of another tracker.

import type { KnownAddress } from "./known-address.ts";

interface Queue {
  readonly addresses: KnownAddress[];
  head: number;
}

/** The untried addresses of a torrent, of each origin as they came. */
export class UntriedAddresses {
  /** By origin, the next turn first. */
  readonly #queues = new Map<string, Queue>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param origin The tracker's URL, or the kind of the source. */
  add(origin: string, known: KnownAddress): void {
    const queue = this.#queues.get(origin) ?? { addresses: [], head: 0 };
    queue.addresses.push(known);
    this.#queues.set(origin, queue);
    this.#size++;
  }

  /** Removes the next address, whatever became of it since. */
  next(): KnownAddress | undefined {
    for (const [origin, queue] of this.#queues) {
      const known = queue.addresses[queue.head++];
      this.#queues.delete(origin);
      if (queue.head < queue.addresses.length) this.#queues.set(origin, compacted(queue));
      this.#size--;
      return known;
    }
    return undefined;
  }
}

function compacted(queue: Queue): Queue {
  const { addresses, head } = queue;
  return head * 2 < addresses.length ? queue : { addresses: addresses.slice(head), head: 0 };
}
