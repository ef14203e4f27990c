// Time-outs from round trips, as TCP has them (RFC 6298).

/** Bounds of a time-out. Queues of a home delay single packets of the nearest node as much as the lower bound. */
export const leastTimeOutMs = 250;
/** The time-out without a round trip, and of the farthest nodes. */
export const mostTimeOutMs = 1_000;

/** Weights of a new round trip in the estimate of one node (RFC 6298, section 2). */
const nodeWeights = { smoothed: 1 / 8, variation: 1 / 4 };
/** Weights among the round trips of all nodes: the time-out covers near and far nodes, in whatever order they answer. */
const networkWeights = { smoothed: 1 / 64, variation: 1 / 32 };

/** An estimate from round trips, those of one node or of all. */
export class RoundTripEstimate {
  readonly #weights: typeof nodeWeights;
  #smoothedMs: number | undefined;
  #variationMs = 0;

  private constructor(weights: typeof nodeWeights) {
    this.#weights = weights;
  }

  /** The estimate of one node. */
  static ofNode(): RoundTripEstimate {
    return new RoundTripEstimate(nodeWeights);
  }

  /** The estimate for nodes that have not answered yet, from the round trips of all others. */
  static ofNetwork(): RoundTripEstimate {
    return new RoundTripEstimate(networkWeights);
  }

  /** A node that answers a query usually does so within this time: {@link leastTimeOutMs} to {@link mostTimeOutMs}. */
  get timeOutMs(): number {
    if (this.#smoothedMs === undefined) return mostTimeOutMs;
    const timeOutMs = this.#smoothedMs + 4 * this.#variationMs;
    return Math.min(mostTimeOutMs, Math.max(leastTimeOutMs, timeOutMs));
  }

  /** A query was answered after this time. */
  add(roundTripMs: number): void {
    if (this.#smoothedMs === undefined) {
      this.#smoothedMs = roundTripMs;
      this.#variationMs = roundTripMs / 2;
      return;
    }
    const { smoothed, variation } = this.#weights;
    const errorMs = roundTripMs - this.#smoothedMs;
    this.#variationMs += (Math.abs(errorMs) - this.#variationMs) * variation;
    this.#smoothedMs += errorMs * smoothed;
  }
}
