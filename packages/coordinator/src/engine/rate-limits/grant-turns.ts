import { grantUnitBytes, wholeGrants } from "@troupe/messages";

/** A peer-worker that waits for bytes. */
export interface GrantDemand {
  /** Its waiting peers, each counted with the weight of its torrent. */
  readonly waitingWeight: number;
  /** Bytes that its peers wait for, beyond its grants. */
  readonly neededBytes: number;
}

/** Approximate turns of a refill: larger refills have larger grants. */
const turnsOfRefill = 32;

/** Peer-workers take turns, each as often as the weight of its waiting peers says. */
export class GrantTurns {
  /** Bytes granted for each waiting peer of weight 1, by worker. */
  readonly #served: number[] = [];
  /** Bytes for each such peer of the worker whose turn was last: a worker that begins to wait starts there. */
  #level = 0;
  readonly #isWaiting: boolean[] = [];

  /**
   * Divides the bytes into whole grants. @returns The grants by worker.
   */
  divide(bytes: number, demands: readonly GrantDemand[]): number[] {
    const grants = demands.map(() => 0);
    this.#noteWaiting(demands);
    const turnBytes = Math.max(grantUnitBytes, wholeGrants(bytes / turnsOfRefill));
    for (let left = bytes; left >= grantUnitBytes;) {
      const worker = this.#next(demands, grants);
      const demand = demands[worker];
      if (demand === undefined) break;
      const needed = demand.neededBytes - (grants[worker] ?? 0);
      const wanted = Math.ceil(needed / grantUnitBytes) * grantUnitBytes;
      const grant = Math.min(turnBytes, wanted, wholeGrants(left));
      grants[worker] = (grants[worker] ?? 0) + grant;
      this.#level = this.#served[worker] ?? 0;
      this.#served[worker] = this.#level + grant / (demand.waitingWeight || 1);
      left -= grant;
    }
    return grants;
  }

  #noteWaiting(demands: readonly GrantDemand[]): void {
    for (const [worker, { neededBytes }] of demands.entries()) {
      const isWaiting = neededBytes > 0;
      if (isWaiting && this.#isWaiting[worker] !== true)
        this.#served[worker] = Math.max(this.#served[worker] ?? 0, this.#level);
      this.#isWaiting[worker] = isWaiting;
    }
  }

  /** The waiting worker that was served least, or −1. */
  #next(demands: readonly GrantDemand[], grants: readonly number[]): number {
    let next = -1;
    for (const [worker, { neededBytes }] of demands.entries()) {
      if (neededBytes <= (grants[worker] ?? 0)) continue;
      if (next < 0 || (this.#served[worker] ?? 0) < (this.#served[next] ?? 0)) next = worker;
    }
    return next;
  }
}
