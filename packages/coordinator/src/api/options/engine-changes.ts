import type { EngineLimitOptions } from "./rate-limits.ts";
import type { Changed } from "./torrent-changes.ts";

/** Settings that a running coordinator changes. Absent settings stay; `null` gives a setting its default. */
export interface EngineChanges {
  /** Connections of each torrent that has no bound of its own, 1 to 10,000. */
  readonly maxPeers?: number | null;
  /** Rate limits of all torrents together, and their schedule; null: none. */
  readonly limits?: Changed<EngineLimitOptions> | null;
  /** Torrents that download at once, 0 to 100,000; null: no limit. */
  readonly maxActiveDownloads?: number | null;
  /** Torrents that seed at once, as `maxActiveDownloads`. */
  readonly maxActiveSeeds?: number | null;
}
