// Counts events per address for a minute, bounded.

import { subscriberOf } from "@troupe/protocol/address";

const windowMs = 60_000;
/** Internet lines that are counted; beyond them the oldest is forgotten. */
const maxSubscribers = 4_096;

interface Entry {
  readonly sinceMs: number;
  count: number;
}

/**
 * Counts events per address for a minute. Local addresses are not counted: many clients of a machine or home
 * share them.
 */
export class AddressCounter {
  readonly #nowMs: () => number;
  readonly #limit: number;
  readonly #entries: Map<string, Entry> = new Map<string, Entry>();

  /** @param limit Events of an address per minute. */
  constructor(nowMs: () => number, limit: number) {
    this.#nowMs = nowMs;
    this.#limit = limit;
  }

  count(host: string): void {
    const subscriber = subscriberOf(host);
    if (subscriber === undefined) return;
    const entry = this.#recent(subscriber);
    if (entry !== undefined) {
      entry.count++;
      return;
    }
    if (this.#entries.size === maxSubscribers) {
      const [oldest = ""] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(subscriber, { sinceMs: this.#nowMs(), count: 1 });
  }

  isOverLimit(host: string): boolean {
    if (this.#entries.size === 0) return false;
    const subscriber = subscriberOf(host);
    return subscriber !== undefined && (this.#recent(subscriber)?.count ?? 0) >= this.#limit;
  }

  #recent(subscriber: string): Entry | undefined {
    const entry = this.#entries.get(subscriber);
    if (entry === undefined || this.#nowMs() - entry.sinceMs < windowMs) return entry;
    this.#entries.delete(subscriber);
    return undefined;
  }
}
