import type { TorrentId } from "@troupe/messages";

/** The samples of one disk: one batch at a time over all its torrents. */
export class SamplingQueue {
  isSampling = false;
  /** Monotonic. */
  restsUntilMs: number = -Infinity;
  /** The torrent of the last batch; the next torrent goes first. */
  last: TorrentId | undefined;
}
