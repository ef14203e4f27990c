/** Stops this torrent only. */
export interface TorrentFault {
  readonly code: string;
  readonly message: string;
}
