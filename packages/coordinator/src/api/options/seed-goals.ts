/** When a complete torrent stops by itself; without a goal it seeds until it is stopped. */
export interface SeedGoalOptions {
  /**
   * Sent bytes divided by received bytes of all runs, above 0. Files that were there before the first run count as
   * received.
   */
  readonly ratio?: number;
  /** Seconds of seeding in all runs together. */
  readonly seedSeconds?: number;
  /** Seconds of seeding without a block sent. */
  readonly idleSeconds?: number;
  /** Stops when one goal is reached, or when all are. Default `any`. */
  readonly until?: "any" | "all";
}
