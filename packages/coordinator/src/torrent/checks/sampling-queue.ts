import type { TorrentId } from "@troupe/messages";

/** A disk checks one batch of samples at a time, over all its torrents. */
export class SamplingQueue {
  isSampling = false;
  restsUntilMs: number = -Infinity;
  /** The torrent of the last batch; the next goes first. */
  last: TorrentId | undefined;
}
