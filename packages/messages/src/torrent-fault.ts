/** Stops this torrent only. */
export interface TorrentFault {
  readonly code: string;
  readonly message: string;
  /** What the torrent waits for, as a part of a sentence: `there is room`. Absent: it does not continue by itself. */
  readonly continuesOnce?: string;
}
