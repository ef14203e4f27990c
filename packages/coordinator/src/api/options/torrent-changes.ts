import type { RateLimitOptions } from "./rate-limits.ts";
import type { SeedGoalOptions } from "./seed-goals.ts";

/** Values of options, and `null` for those that are no longer to be set. */
export type Changed<Options> = { readonly [Name in keyof Options]?: Options[Name] | null };

/** Settings that a running torrent changes. Absent settings stay; `null` unsets a setting. */
export interface TorrentChanges {
  /** Connections of this torrent, 1 to 10,000; null: as many as the coordinator says. */
  readonly maxPeers?: number | null;
  /** Super-seeding (BEP 16). */
  readonly superSeed?: boolean | null;
  /** Runs outside of the limits of the queue. */
  readonly forced?: boolean | null;
  /** Goals at which the complete torrent stops by itself; null: none. */
  readonly goals?: Changed<SeedGoalOptions> | null;
  /** Rate limits of this torrent; null: none. */
  readonly limits?: Changed<RateLimitOptions> | null;
}
