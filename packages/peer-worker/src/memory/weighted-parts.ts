import type { TorrentWeight } from "@troupe/messages";

/** A demand of torrents of one weight. */
interface Demand {
  readonly weight: TorrentWeight;
  amount: number;
}

/**
 * Divides a total among demands: each gets the same part of what it wants, multiplied by its weight, and nothing beyond
 * what it wants.
 */
export class WeightedParts {
  /** One for each weight: there are few. */
  readonly #demands: Demand[] = [];

  add(weight: TorrentWeight, amount: number): void {
    const known = this.#demands.find((demand) => demand.weight === weight);
    if (known === undefined) this.#demands.push({ weight, amount });
    else known.amount += amount;
  }

  /** @returns The part that a torrent gets of what it wants, 0 to 1, by its weight. */
  divide(total: number): (weight: TorrentWeight) => number {
    const heaviestFirst = this.#demands.toSorted((one, other) => other.weight - one.weight);
    let left = total;
    for (const [index, { weight, amount }] of heaviestFirst.entries()) {
      // Summed anew: what rounding left of a difference would count beside the lightest demands.
      const wanted = weightedSum(heaviestFirst.slice(index));
      const share = left;
      if (share * weight < wanted) return (of) => Math.min(1, (share * of) / wanted);
      left -= amount;
    }
    return () => 1;
  }
}

function weightedSum(demands: readonly Demand[]): number {
  return demands.reduce((sum, { weight, amount }) => sum + weight * amount, 0);
}
