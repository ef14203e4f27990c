import { LazyMap, LazySet } from "@troupe/actor-runtime";
import { addressKey } from "@troupe/protocol/address";
import type { AddressBudget } from "./address-budget.ts";
import type { KnownAddress } from "./known-address.ts";

/** Most addresses of a torrent. */
export const directoryLimit = 20_000;

/** The addresses of a torrent, each once, within its limit and the engine's budget. */
export class KnownAddresses {
  readonly #budget: AddressBudget;
  readonly #byKey = new LazyMap<string, KnownAddress>();
  /** Failed addresses make room for new ones. */
  readonly #replaceable = new LazySet<KnownAddress>();
  /** Some of these, sorted once for many; redialled last is at the end. */
  #leaving: KnownAddress[] = [];
  #isClosed = false;

  constructor(budget: AddressBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  at(host: string, port: number): KnownAddress | undefined {
    return this.#byKey.get(addressKey(host, port));
  }

  all(): Iterable<KnownAddress> {
    return this.#byKey.values();
  }

  get hasRoom(): boolean {
    return !this.#isClosed && this.size < directoryLimit && this.#budget.mayAdd(this.size);
  }

  /** Liars leave room for the addresses of trackers. */
  get hasRoomForUnverified(): boolean {
    return this.hasRoom && this.#budget.mayAddUnverified();
  }

  add(known: KnownAddress): void {
    this.#byKey.set(addressKey(known.host, known.port), known);
    this.#budget.added();
  }

  delete(known: KnownAddress): void {
    this.#replaceable.delete(known);
    if (this.#byKey.delete(addressKey(known.host, known.port))) this.#budget.removed();
  }

  /** Whether a new address may replace this one. */
  setReplaceable(known: KnownAddress, isReplaceable: boolean): void {
    if (isReplaceable) this.#replaceable.add(known);
    else this.#replaceable.delete(known);
  }

  /** The replaceable address that is redialled last. */
  nextLeaving(): KnownAddress | undefined {
    if (this.#leaving.length === 0) {
      // A tracker may name thousands of newcomers at once.
      this.#leaving = [...this.#replaceable].sort((a, b) => a.nextTryMs - b.nextTryMs);
    }
    for (let known = this.#leaving.pop(); known !== undefined; known = this.#leaving.pop()) {
      if (this.#replaceable.has(known)) return known;
    }
    return undefined;
  }

  /** Frees its share of the budget; the torrent is gone. */
  close(): void {
    this.#isClosed = true;
    this.#budget.removed(this.size);
    this.#byKey.clear();
    this.#replaceable.clear();
  }
}
