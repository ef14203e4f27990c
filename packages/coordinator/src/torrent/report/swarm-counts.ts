// The size of a torrent's swarm, as its trackers tell it.

import type { TrackerScrape, TrackerStatus } from "@troupe/messages";

/** The largest counts that trackers have named. A count is absent until a tracker names it. */
export interface SwarmCounts {
  readonly seeds?: number;
  readonly leechers?: number;
}

/** Before the first reply. */
export const noSwarmCounts: SwarmCounts = {};

/** The counts in the last replies of the trackers, to announces or to scrapes. Swarms overlap, so they are not added. */
export function swarmCountsOf(
  trackers: readonly Pick<TrackerStatus | TrackerScrape, "complete" | "incomplete">[],
): SwarmCounts {
  const seeds = largest(trackers.map(({ complete }) => complete));
  const leechers = largest(trackers.map(({ incomplete }) => incomplete));
  return {
    ...(seeds !== undefined && { seeds }),
    ...(leechers !== undefined && { leechers }),
  };
}

function largest(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
