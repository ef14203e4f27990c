// Addresses that were never dialled. Their origins take turns, so that thousands of dead addresses of one tracker do not
// hold up the peers of another tracker. An address of several origins waits for the turns of each: a tracker that names
// the peers of another tracker behind dead addresses does not hold them up either.

import type { KnownAddress } from "./known-address.ts";

/** Origins of an address. */
const mostOrigins = 8;

interface Queue {
  /** The origin, shared by addresses that have no other one. */
  readonly alone: readonly [origin: string];
  /** Some may have been dialled by the turn of another origin. */
  readonly addresses: KnownAddress[];
  head: number;
}

/** The untried addresses of a torrent, of each origin as they came. */
export class UntriedAddresses {
  /** By origin, the next turn first. */
  readonly #queues = new Map<string, Queue>();
  readonly #origins = new Map<KnownAddress, readonly string[]>();

  get size(): number {
    return this.#origins.size;
  }

  /** @param origin The tracker's URL, or the kind of the source. */
  add(origin: string, known: KnownAddress): void {
    const origins = this.#origins.get(known);
    if (origins?.includes(origin) === true || origins?.length === mostOrigins) return;
    const queue = this.#queues.get(origin) ?? { alone: [origin], addresses: [], head: 0 };
    this.#origins.set(known, origins === undefined ? queue.alone : [...origins, origin]);
    queue.addresses.push(known);
    this.#queues.set(origin, queue);
  }

  /** Removes the next address, whatever became of it since. */
  next(): KnownAddress | undefined {
    for (const [origin, queue] of this.#queues) {
      const known = this.#nextOf(queue);
      this.#queues.delete(origin);
      if (queue.head < queue.addresses.length) this.#queues.set(origin, compacted(queue));
      if (known !== undefined) return known;
    }
    return undefined;
  }

  #nextOf(queue: Queue): KnownAddress | undefined {
    while (queue.head < queue.addresses.length) {
      const known = queue.addresses[queue.head++];
      if (known !== undefined && this.#origins.delete(known)) return known;
    }
    return undefined;
  }
}

function compacted(queue: Queue): Queue {
  const { addresses, head } = queue;
  if (head * 2 < addresses.length) return queue;
  return { ...queue, addresses: addresses.slice(head), head: 0 };
}
