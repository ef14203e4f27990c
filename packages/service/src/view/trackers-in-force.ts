import type { TorrentSettings } from "@troupe/control";
import type { TorrentRow } from "./torrent-row.ts";

/** The settings that change the trackers of a torrent; they have passed the gates of their rows. */
type TrackerSettings = Pick<TorrentSettings, "trackers" | "trackerTiers" | "useTrackers">;

/** The trackers of a torrent by tier: those that are set in place of its own, or before them. */
export function trackersInForce(
  row: Pick<TorrentRow, "isPrivate" | "settings" | "trackers">,
): readonly (readonly string[])[] {
  const settings: TrackerSettings = row.settings;
  const { trackers: before = [], trackerTiers, useTrackers } = settings;
  if (useTrackers === false) return [];
  if (trackerTiers !== undefined) return trackerTiers;
  return row.isPrivate ? row.trackers : [...before.map((url) => [url]), ...row.trackers];
}
