// The trackers of a torrent. Tiers keep their order (BEP 12); inside a tier the order is shuffled once, and a tracker
// that answers moves to the start.

import type { Random } from "@troupe/actor-runtime";
import type { TrackerStatus } from "@troupe/messages";
import type { AnnounceReply } from "@troupe/protocol";
import { shuffled } from "../shuffled.ts";

/** A tracker, and the result of its last announce. */
export interface Tracker {
  readonly url: string;
  readonly tier: number;
  /** `started` was sent and `stopped` was not, though the tracker may not have answered. */
  mayKnowUs: boolean;
  heardStarted: boolean;
  /** Settles with the reply to `completed`. */
  completing: Promise<unknown> | undefined;
  /** Failed announces in a row. */
  failures: number;
  trackerId: string | undefined;
  complete: number | undefined;
  incomplete: number | undefined;
  /** Addresses in its last reply. */
  peers: number;
  isWorking: boolean;
  error: string | undefined;
}

/** All trackers of a torrent. */
export class TrackerTiers {
  readonly #tiers: Tracker[][];

  /** @param urls The trackers by tier. */
  constructor(urls: readonly (readonly string[])[], random: Random) {
    this.#tiers = urls.map((tier, index) => shuffled(tier, random).map(trackerOf(index)));
  }

  /** In the order in which they are asked; a copy. */
  inOrder(): Tracker[] {
    return this.#tiers.flat();
  }

  answered(tracker: Tracker, reply: AnnounceReply): void {
    tracker.failures = 0;
    tracker.isWorking = true;
    tracker.error = undefined;
    tracker.complete = reply.complete;
    tracker.incomplete = reply.incomplete;
    tracker.peers = reply.peers.length;
    tracker.trackerId = reply.trackerId ?? tracker.trackerId;
    const tier = this.#tiers[tracker.tier];
    if (tier === undefined) return;
    tier.splice(tier.indexOf(tracker), 1);
    tier.unshift(tracker);
  }

  status(): TrackerStatus[] {
    return this.inOrder().map((tracker) => ({
      url: tracker.url,
      tier: tracker.tier,
      failures: tracker.failures,
      peers: tracker.peers,
      isWorking: tracker.isWorking,
      ...(tracker.complete !== undefined && { complete: tracker.complete }),
      ...(tracker.incomplete !== undefined && { incomplete: tracker.incomplete }),
      ...(tracker.error !== undefined && { error: tracker.error }),
    }));
  }
}

function trackerOf(tier: number): (url: string) => Tracker {
  return (url) => ({
    url,
    tier,
    mayKnowUs: false,
    heardStarted: false,
    completing: undefined,
    failures: 0,
    trackerId: undefined,
    complete: undefined,
    incomplete: undefined,
    peers: 0,
    isWorking: false,
    error: undefined,
  });
}
