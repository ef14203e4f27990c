import { RateBucket } from "./rate-bucket.ts";

/** Our own queries in a second, of both families together. */
interface QueryRateBounds {
  /** On the average. Infinity lifts the bound. */
  readonly perSecond: number;
  /** The most in any second: more fills the NAT table of a home router. */
  readonly perBurst: number;
}

/** The bound of {@link QueryRate} unless the user gives another. */
export const defaultQueryRate: QueryRateBounds = { perSecond: 100, perBurst: 200 };

/** Queries that look-ups leave to others: pings go out, however many look-ups run. */
const reservedQueries = 5;

/** Bounds the queries that we send. */
export class QueryRate {
  readonly #bucket: RateBucket;
  readonly #reserved: number;

  constructor({ perSecond, perBurst }: QueryRateBounds = defaultQueryRate) {
    // A second after a rest sends the bucket and what fills it meanwhile.
    const capacity = perSecond === Infinity ? Infinity : Math.max(1, perBurst - perSecond);
    this.#bucket = new RateBucket({ perSecond, capacity });
    this.#reserved = Math.min(reservedQueries, capacity - 1);
  }

  /** @returns Whether a query may be sent now; it is counted. */
  take(nowMs: number): boolean {
    return this.#bucket.take(1, nowMs);
  }

  /** The moment from which on a look-up may send its next query; `nowMs` or later. */
  nextMs(nowMs: number): number {
    return this.#bucket.readyMs(1 + this.#reserved, nowMs);
  }
}
