import type { CommandResults } from "@troupe/control/commands";
import type { TorrentRow } from "../../view/torrent-row.ts";
import { trackersInForce } from "../../view/trackers-in-force.ts";
import type { Values } from "../values.ts";
import { trackerConstants } from "../constants.ts";
import { dateOf } from "../units.ts";
import { hostOf, numberedTrackers, scrapeOf, siteOf } from "./trackers.ts";

type Tracker = CommandResults["tiers"][number]["trackers"][number];

const constants: Values = Object.fromEntries(
  trackerConstants.map(({ name, value }) => [name, value] as const),
);

/** Values of `announce_state`. */
const announceStates = { inactive: 0, waiting: 1 } as const;

/** The field `tracker_stats`, in the order of the field `trackers`. */
export function trackerStats(
  tiers: CommandResults["tiers"],
  row: TorrentRow,
  epochMs: number,
): readonly Values[] {
  const known = new Map(tiers.flatMap(({ trackers }) => trackers.map((each) => [each.url, each])));
  const used = usedTrackers(row, known);
  return numberedTrackers(row).map(({ announce, id, tier }) => ({
    ...constants,
    announce,
    host: hostOf(announce),
    id,
    // A tracker that no announce goes to while another one of its tier is used.
    is_backup: !used.has(announce),
    scrape: scrapeOf(announce),
    sitename: siteOf(announce),
    tier,
    ...figuresOf(known.get(announce), epochMs),
  }));
}

/** The trackers that announces go to. In a tier that none has gone to, the first tracker is the next. */
function usedTrackers(row: TorrentRow, known: ReadonlyMap<string, Tracker>): ReadonlySet<string> {
  const used = trackersInForce(row).flatMap((urls) => {
    const announced = urls.filter((url) => isUsed(known.get(url)));
    return announced.length > 0 ? announced : urls.slice(0, 1);
  });
  return new Set(used);
}

function isUsed({ isWorking = false, error, nextInSeconds }: Partial<Tracker> = {}): boolean {
  return isWorking || error !== undefined || nextInSeconds !== undefined;
}

/** @param tracker Undefined for a tracker that the engine does not know yet. */
function figuresOf(tracker: Tracker | undefined, epochMs: number): Values {
  const { isWorking = false, error, nextInSeconds } = tracker ?? {};
  return {
    announce_state: nextInSeconds === undefined ? announceStates.inactive : announceStates.waiting,
    has_announced: isWorking || error !== undefined,
    last_announce_peer_count: tracker?.peers ?? 0,
    last_announce_result: error ?? (isWorking ? "Success" : ""),
    last_announce_succeeded: isWorking,
    leecher_count: tracker?.incomplete ?? -1,
    next_announce_time:
      nextInSeconds === undefined ? 0 : dateOf(epochMs + Math.max(0, nextInSeconds) * 1_000),
    seeder_count: tracker?.complete ?? -1,
  };
}
