/** Facts of one torrent's files, beyond its pieces. */
export class StorageFacts {
  /** The present start has found the device. */
  isDiskFound = false;
  /** The disk has taken a piece since the torrent was added. */
  hasWritten = false;
  /** Monotonic start of the present descriptor shortage. */
  fileLimitSinceMs: number | undefined;
  /** Files that the file-worker knows as unwanted. */
  settledUnwanted: readonly number[] = [];
}
