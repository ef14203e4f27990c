// The next redial of a torrent: of the addresses that are due, the one with the fewest failures. A pick looks at a bounded
// number of addresses, however many wait.

import { Deadlines, LazyMap } from "@troupe/actor-runtime";
import type { BanList } from "../smart-ban/ban-list.ts";
import { bestRanked } from "./address-rank.ts";
import type { DialBounds } from "./dial-bounds.ts";
import type { KnownAddress } from "./known-address.ts";
import type { OwnAddresses } from "./own-addresses.ts";

/** Addresses that are compared by rank; ranks of thousands at once would stop the engine. */
export const rankedAtOnce = 64;
/** Addresses that a pick takes from those that wait for their time; the next pick takes further ones. */
export const mostMoved = 256;

/** The parts of a directory that redials follow. */
interface RedialServices {
  readonly bans: Pick<BanList, "endMs">;
  readonly own: OwnAddresses;
  readonly dialBounds: Pick<DialBounds, "redialsAtMs">;
  /** Forgets an address that a newer IP filter names, and removes it here. @returns Whether it did. */
  readonly dropFiltered: (known: KnownAddress) => boolean;
}

/** Due addresses by their failures. */
type DueAddresses = LazyMap<number, Set<KnownAddress>>;

/** The lists of a torrent. */
class RedialLists {
  /** Their time has not come. An entry whose time is no longer that of its address counts as none. */
  readonly waiting = new Deadlines<KnownAddress>();
  readonly seeds: DueAddresses = new LazyMap();
  readonly others: DueAddresses = new LazyMap();
  /** The set that has a due address. */
  readonly setOf = new LazyMap<KnownAddress, Set<KnownAddress>>();
}

/** Addresses that were tried before and wait. */
export class Redials {
  readonly #services: RedialServices;
  /** Undefined before the first address: thousands of idle torrents have none. */
  #lists: RedialLists | undefined;

  constructor(services: RedialServices) {
    this.#services = services;
  }

  /** The address waits, or its time, its failures or its part as a seed have changed while it waits. */
  add(known: KnownAddress): void {
    this.remove(known);
    this.#lists ??= new RedialLists();
    this.#lists.waiting.add(known.nextTryMs, known);
  }

  /** The address waits no longer. */
  remove(known: KnownAddress): void {
    this.#lists?.setOf.get(known)?.delete(known);
    this.#lists?.setOf.delete(known);
  }

  /** The fewest failures go first; of equals the best rank. */
  best(nowMs: number, weAreSeed: boolean): KnownAddress | undefined {
    if (this.#lists === undefined) return undefined;
    moveDue(this.#lists, nowMs);
    const { seeds, others } = this.#lists;
    const lists = weAreSeed ? [others] : [others, seeds];
    for (;;) {
      const fewest = Math.min(...lists.map(fewestFailures));
      if (fewest === Infinity) return undefined;
      const equals: KnownAddress[] = [];
      for (const list of lists) this.#collect(list.get(fewest) ?? [], nowMs, equals);
      for (const list of lists) if (list.get(fewest)?.size === 0) list.delete(fewest);
      if (equals.length > 0) return bestRanked(equals, this.#services.own);
    }
  }

  #collect(addresses: Iterable<KnownAddress>, nowMs: number, equals: KnownAddress[]): void {
    const { bans, dialBounds, dropFiltered } = this.#services;
    for (const known of addresses) {
      if (equals.length === rankedAtOnce) return;
      if (dropFiltered(known)) continue;
      const { host, port } = known;
      const allowedMs = Math.max(bans.endMs(host, port), dialBounds.redialsAtMs(known, nowMs));
      if (allowedMs <= nowMs) {
        equals.push(known);
        continue;
      }
      // A ban or a bound forbids the redial: the address is due when it allows it.
      known.nextTryMs = Math.ceil(allowedMs);
      this.add(known);
    }
  }
}

function moveDue({ others, seeds, setOf, waiting }: RedialLists, nowMs: number): void {
  for (let moved = 0; moved < mostMoved; moved++) {
    const { first: known, firstMs = Infinity } = waiting;
    if (known === undefined || firstMs > nowMs) return;
    waiting.removeFirst();
    const isStale = known.state !== "waiting" || known.nextTryMs !== firstMs;
    if (isStale || setOf.has(known)) continue;
    const list = known.isSeed ? seeds : others;
    const set = list.get(known.failures) ?? new Set();
    list.set(known.failures, set.add(known));
    setOf.set(known, set);
  }
}

/** Infinity without a due address. Failures of an address are few, and so are the sets. */
function fewestFailures(list: DueAddresses): number {
  let fewest = Infinity;
  for (const failures of list.keys()) fewest = Math.min(fewest, failures);
  return fewest;
}
