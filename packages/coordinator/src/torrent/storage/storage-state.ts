import type { LinkedPlace } from "@troupe/messages";
import { ConcurrencyLimit } from "../../concurrency-limit.ts";

/** Shared by all torrents; never changed. */
const noPlaces = new Map<number, string>();

const noLinks: ReadonlyMap<number, LinkedPlace> = new Map();

/** The state of a torrent's files, beyond its pieces. */
export class StorageState {
  /** The present start has found the device. */
  isDiskFound = false;
  /** The module that has the bytes of the present start, as a URL. Undefined: the files of the folder. */
  store: string | undefined;
  /** A wrong hash was found: the next start trusts no record. */
  isDoubted = false;
  /** The disk has taken a piece since the torrent was added. */
  hasWritten = false;
  /** Monotonic start of a descriptor shortage. */
  fileLimitSinceMs: number | undefined;
  /** Unwanted files as the file-worker knows them. */
  settledUnwanted: readonly number[] = [];
  /** Paths of files that do not lie where the torrent says: see file-places.ts. */
  placed: Map<number, string> = noPlaces;
  /** Files that are links, by their indexes: see linked-files.ts. */
  linked: ReadonlyMap<number, LinkedPlace> = noLinks;
  /** Renames of files and batches of checks, one at a time: a check reads files by their paths. */
  get paths(): ConcurrencyLimit {
    return (this.#paths ??= new ConcurrencyLimit(1));
  }
  /** Files that live in the part file, as the user's thread knows them. */
  inPartFile: readonly number[] = [];
  #paths: ConcurrencyLimit | undefined;
}
