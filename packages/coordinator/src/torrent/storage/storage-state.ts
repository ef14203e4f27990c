/** The state of a torrent's files, beyond its pieces. */
export class StorageState {
  /** The present start has found the device. */
  isDiskFound = false;
  /** The disk has taken a piece since the torrent was added. */
  hasWritten = false;
  /** Monotonic start of a descriptor shortage. */
  fileLimitSinceMs: number | undefined;
  /** Unwanted files as the file-worker knows them. */
  settledUnwanted: readonly number[] = [];
  /** Paths of files that do not lie where the torrent says, as the last opening found them. */
  placed: ReadonlyMap<number, string> = new Map();
  /** Files that live in the part file, as the user's thread knows them. */
  inPartFile: readonly number[] = [];
}
