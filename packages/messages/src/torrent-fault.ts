/** Stops this torrent only. */
export interface TorrentFault {
  readonly code: string;
  readonly message: string;
  /** Awaited condition, as a part of a sentence: `there is room`. Absent: the torrent does not continue by itself. */
  readonly continuesOnce?: string;
}
