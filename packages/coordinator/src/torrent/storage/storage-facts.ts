// What the engine knows of a torrent's files, beyond its pieces.

/** The facts of one torrent's storage. */
export class StorageFacts {
  /** The device has been found by the present start. */
  isDiskFound = false;
  /** The disk has taken a piece since the torrent was added. */
  hasWritten = false;
  /** Since when the disk has refused pieces because no file could be opened; monotonic. */
  fileLimitSinceMs: number | undefined;
  /** Files that the file-worker knows as unwanted. */
  settledUnwanted: readonly number[] = [];
}
