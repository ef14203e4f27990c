/** The limits of the queue that may change while a coordinator runs. An absent limit is none. */
export interface QueueLimitOptions {
  /** Torrents that download at once, 0 to 100,000, as in the options of `Coordinator.start`. */
  readonly maxActiveDownloads?: number;
  readonly maxActiveSeeds?: number;
}
