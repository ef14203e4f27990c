// A tracker, as tests use it.

/** A running tracker for the torrents of one test. */
export interface TestTracker extends AsyncDisposable {
  /** Announce address. */
  readonly url: string;
  /** Settles when it knows at least one seeder of the torrent. */
  knowsSeeder(infoHash: string): Promise<void>;
}
