// What one disk keeps about samples that are read while its torrents run.

import type { TorrentId } from "@troupe/messages";

/** One look at samples at a time, over all torrents of a disk. */
export class SamplingQueue {
  isSampling = false;
  /** Monotonic; nothing is looked at before. */
  restsUntilMs: number = -Infinity;
  /** The torrent that was looked at last: the next one goes first. */
  last: TorrentId | undefined;
}
