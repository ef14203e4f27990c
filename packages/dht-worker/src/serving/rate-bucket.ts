/** Rounding of sums: a bucket that lacks less than this is full enough. */
const tolerance = 1e-6;

/** The bounds of a {@link RateBucket}. */
interface RateBounds {
  /** Filled in evenly. Infinity lifts the bound. */
  readonly perSecond: number;
  /** The most that is taken at once after a rest. */
  readonly capacity: number;
}

/** A token bucket: an amount that fills with time, and is full at first. */
export class RateBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #level: number;
  /** Undefined before the first use. */
  #filledAtMs: number | undefined;

  constructor({ perSecond, capacity }: RateBounds) {
    this.#perMs = perSecond / 1_000;
    this.#capacity = capacity;
    this.#level = capacity;
  }

  /** Takes the whole amount, or nothing. @returns Whether it was there. */
  take(amount: number, nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#level + tolerance < amount) return false;
    this.#level -= amount;
    return true;
  }

  /** @returns The moment from which on the amount can be taken; `nowMs` or later. */
  readyMs(amount: number, nowMs: number): number {
    this.#fill(nowMs);
    const missing = amount - this.#level;
    return missing <= tolerance ? nowMs : nowMs + Math.ceil(missing / this.#perMs);
  }

  #fill(nowMs: number): void {
    this.#filledAtMs ??= nowMs;
    const elapsedMs = nowMs - this.#filledAtMs;
    if (elapsedMs <= 0) return;
    this.#level = Math.min(this.#capacity, this.#level + elapsedMs * this.#perMs);
    this.#filledAtMs = nowMs;
  }
}
