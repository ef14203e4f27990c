import { RecentMap } from "./recent-map.ts";
import type { SenderKey } from "./sender.ts";

/** Senders with a count, and as many ignored senders. */
const maxSenders = 8_192;

/** The bounds of one sender. */
interface QueryLimitBounds {
  /** Within {@link windowMs} of the first. Infinity lifts the bound. */
  readonly maxQueries: number;
  readonly windowMs: number;
  readonly ignoreMs: number;
}

/** The bounds of {@link QueryLimits} unless the user gives others. */
export const defaultQueryLimits: QueryLimitBounds = {
  maxQueries: 50,
  windowMs: 10_000,
  ignoreMs: 300_000,
};

interface Count {
  readonly sinceMs: number;
  queries: number;
}

/** Ignores senders that send too much. Each is known by the key of its `Sender`. */
export class QueryLimits {
  readonly #bounds: QueryLimitBounds;
  readonly #counts = new RecentMap<SenderKey, Count>(maxSenders);
  /** The end of the time in which a sender is ignored. */
  readonly #ignoredUntilMs = new RecentMap<SenderKey, number>(maxSenders);

  constructor(bounds: QueryLimitBounds = defaultQueryLimits) {
    this.#bounds = bounds;
  }

  /** Senders that are remembered. */
  get size(): number {
    return this.#counts.size + this.#ignoredUntilMs.size;
  }

  isIgnored(senderKey: SenderKey, nowMs: number): boolean {
    if (this.#ignoredUntilMs.size === 0) return false;
    const untilMs = this.#ignoredUntilMs.get(senderKey);
    if (untilMs === undefined) return false;
    if (nowMs < untilMs) return true;
    this.#ignoredUntilMs.delete(senderKey);
    return false;
  }

  /**
   * Counts a datagram that is no answer to a question of ours: a query, or bytes without sense.
   *
   * @returns Whether it may be answered: the sender is not ignored.
   */
  count(senderKey: SenderKey, nowMs: number): boolean {
    if (this.isIgnored(senderKey, nowMs)) return false;
    const { maxQueries, windowMs, ignoreMs } = this.#bounds;
    const count = this.#counts.get(senderKey);
    if (count === undefined || nowMs - count.sinceMs >= windowMs) {
      this.#counts.set(senderKey, { sinceMs: nowMs, queries: 1 });
      return maxQueries > 1;
    }
    count.queries++;
    if (count.queries < maxQueries) return true;
    this.#counts.delete(senderKey);
    this.#ignoredUntilMs.set(senderKey, nowMs + ignoreMs);
    return false;
  }
}
