// Addresses that were never dialled. Their origins take turns, so that thousands of dead addresses of one tracker do not
// hold up the peers of another tracker. An address of several origins waits for the turns of each: a tracker that names
// the peers of another tracker behind dead addresses does not hold them up either. A held address keeps its origins, and
// has no turn until it is released.

import { LazyMap } from "@troupe/actor-runtime";
import type { KnownAddress } from "./known-address.ts";

/** Origins of an address. */
const mostOrigins = 8;
/** A queue with more addresses than this is compacted when most of them have left it. */
const shortQueue = 32;

interface Queue {
  /** The origin, shared by addresses that have no other one. */
  readonly alone: readonly [origin: string];
  /** Some have left by the turn of another origin, or were removed. */
  addresses: KnownAddress[];
  head: number;
  /** Addresses that still wait. */
  waiting: number;
}

/** The untried addresses of a torrent, of each origin as they came. */
export class UntriedAddresses {
  /** By origin, the next turn first. Each has an address that waits. */
  readonly #queues = new LazyMap<string, Queue>();
  readonly #origins = new LazyMap<KnownAddress, readonly string[]>();
  /** The origins of held addresses. */
  readonly #held = new LazyMap<KnownAddress, readonly string[]>();
  /** Held addresses by origin. */
  readonly #heldCounts = new LazyMap<string, number>();

  /** Addresses that wait for a turn. */
  get size(): number {
    return this.#origins.size;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** Addresses that wait for a turn of this origin, and held ones. */
  countOf(origin: string): number {
    return (this.#queues.get(origin)?.waiting ?? 0) + (this.#heldCounts.get(origin) ?? 0);
  }

  /** @param origin The tracker's URL, the teller, or the kind of the source. */
  add(origin: string, known: KnownAddress): void {
    if (this.#addToHeld(origin, known)) return;
    const origins = this.#origins.get(known);
    if (origins?.includes(origin) === true || origins?.length === mostOrigins) return;
    const queue = this.#queues.get(origin) ?? {
      alone: [origin],
      addresses: [],
      head: 0,
      waiting: 0,
    };
    this.#origins.set(known, origins === undefined ? queue.alone : [...origins, origin]);
    queue.addresses.push(known);
    queue.waiting++;
    this.#queues.set(origin, queue);
    this.#compact(queue);
  }

  /**
   * Removes the next address.
   *
   * @param isHeld Whether an address is to be held instead; it may also remove the address.
   */
  next(isHeld: (known: KnownAddress) => boolean = () => false): KnownAddress | undefined {
    for (;;) {
      const turn = this.#queues.entries().next().value;
      if (turn === undefined) return undefined;
      const [origin, queue] = turn;
      const known = this.#nextOf(queue);
      if (isHeld(known)) {
        this.hold(known);
        continue;
      }
      this.remove(known);
      // The origin's next turn is the last.
      if (this.#queues.delete(origin)) this.#queues.set(origin, queue);
      return known;
    }
  }

  /** The address has no turn until it is released. Nothing for an address that does not wait. */
  hold(known: KnownAddress): void {
    const origins = this.#origins.get(known);
    if (origins === undefined) return;
    this.remove(known);
    this.#held.set(known, origins);
    for (const origin of origins) this.#countHeld(origin, 1);
  }

  /** The address waits for the turns of its origins again. Nothing for an address that is not held. */
  release(known: KnownAddress): void {
    const origins = this.#held.get(known);
    if (origins === undefined) return;
    this.remove(known);
    for (const origin of origins) this.add(origin, known);
  }

  /** Nothing for an address that neither waits nor is held. */
  remove(known: KnownAddress): void {
    for (const origin of this.#held.get(known) ?? []) this.#countHeld(origin, -1);
    this.#held.delete(known);
    for (const origin of this.#origins.get(known) ?? []) {
      const queue = this.#queues.get(origin);
      if (queue !== undefined && --queue.waiting === 0) this.#queues.delete(origin);
    }
    this.#origins.delete(known);
  }

  /** @returns Whether the address is held. */
  #addToHeld(origin: string, known: KnownAddress): boolean {
    const origins = this.#held.get(known);
    if (origins === undefined) return false;
    if (!origins.includes(origin) && origins.length < mostOrigins) {
      this.#held.set(known, [...origins, origin]);
      this.#countHeld(origin, 1);
    }
    return true;
  }

  #countHeld(origin: string, change: number): void {
    const count = (this.#heldCounts.get(origin) ?? 0) + change;
    if (count === 0) this.#heldCounts.delete(origin);
    else this.#heldCounts.set(origin, count);
  }

  #nextOf(queue: Queue): KnownAddress {
    while (queue.head < queue.addresses.length) {
      const known = queue.addresses[queue.head++];
      if (known !== undefined && this.#waitsIn(queue, known)) return known;
    }
    throw new Error(`bug: ${queue.waiting} addresses wait in an empty queue`);
  }

  #waitsIn({ alone }: Queue, known: KnownAddress): boolean {
    return this.#origins.get(known)?.includes(alone[0]) === true;
  }

  #compact(queue: Queue): void {
    const { addresses, waiting } = queue;
    if (addresses.length <= Math.max(shortQueue, 2 * waiting)) return;
    queue.addresses = addresses.slice(queue.head).filter((known) => this.#waitsIn(queue, known));
    queue.head = 0;
  }
}
