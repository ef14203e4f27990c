// The trackers of a torrent. Tiers keep their order (BEP 12); inside a tier the order is shuffled once, and a tracker
// that replies moves to the start.

import type { Random } from "@troupe/actor-runtime";
import type { AnnounceMode } from "@troupe/control";
import { shuffled } from "../shuffled.ts";
import type { AnnouncedTracker } from "./announced-tracker.ts";

/** Tiers announced to at once. */
const tiersAtOnce = 20;

/** Trackers of which one at a time is announced to, in the order in which they are asked. */
export type TrackerOrder = () => readonly AnnouncedTracker[];

/** All trackers of a torrent. */
export class TrackerTiers {
  readonly #tiers: readonly AnnouncedTracker[][];

  /** @param urls The trackers by tier. A repeated URL counts once. */
  constructor(
    urls: readonly (readonly string[])[],
    random: Random,
    make: (url: string, tier: number) => AnnouncedTracker,
  ) {
    const known = new Set<string>();
    const isNew = (url: string): boolean => known.size < known.add(url).size;
    this.#tiers = urls.map((tier, index) =>
      shuffled(tier.filter(isNew), random).map((url) => make(url, index)),
    );
  }

  /** In the order in which they are asked; a copy. */
  inOrder(): AnnouncedTracker[] {
    return this.#tiers.flat();
  }

  /** The tracker is asked first in its tier from now on. */
  replied(tracker: AnnouncedTracker): void {
    const tier = this.#tiers[tracker.tier];
    if (tier === undefined) return;
    tier.splice(tier.indexOf(tracker), 1);
    tier.unshift(tracker);
  }

  /** The orders of a mode, each for one announcer. Beyond 20 tiers an order has a further tier for when its first one fails. */
  orders(mode: AnnounceMode): TrackerOrder[] {
    const orders: Record<AnnounceMode, () => TrackerOrder[]> = {
      strict: () => [() => this.inOrder()],
      all: () => this.inOrder().map((tracker) => () => [tracker]),
      parallel: () => {
        const tiers = this.#tiers.filter(({ length }) => length > 0);
        return tiers
          .slice(0, tiersAtOnce)
          .map((_, first) => () => tiers.filter((_tier, at) => at % tiersAtOnce === first).flat());
      },
    };
    return orders[mode]();
  }
}
