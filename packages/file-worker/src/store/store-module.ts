// The interface of a store of the user's program (docs/extending.md).

import type { Soon } from "@troupe/actor-runtime";
import type { TorrentShape } from "@troupe/messages";

/** A file of a torrent, as its store sees it. Its bytes follow those of the file before it. */
export interface StoreFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly lengthBytes: number;
  /** Zeros between two files (BEP 47). They are written and read as other bytes. */
  readonly isPadding?: boolean;
}

/** The torrent of a store. */
export interface StoreTorrent extends TorrentShape {
  /** In order. */
  readonly files: readonly StoreFile[];
  /** The folder of the torrent. A store may use it or not. */
  readonly directory: string;
}

/** The default export of a module with a store. Called at each start of the torrent, in a thread for this module. */
export type StoreModule = (torrent: StoreTorrent) => Soon<TorrentStore>;

/**
 * The bytes of one torrent, by their position in it. A promise that rejects, an error, a wrong answer, and a call that
 * takes longer than 30 s give the torrent an error, and the store is closed.
 */
export interface TorrentStore {
  /**
   * Fills `bytes` with the bytes from `position` on: 1 MiB at most.
   *
   * @param bytes Memory for this call alone.
   * @returns Bytes that the store has, from the first. Fewer than asked for mean that the next byte was never written.
   */
  read(position: number, bytes: Uint8Array): Soon<number>;
  /**
   * Writes bytes from `position` on: 1 MiB at most. They are read back before a piece counts as had. Absent: the store is
   * read-only.
   *
   * @param bytes Belong to the store: no other code changes them.
   * @returns Bytes written: all of them.
   */
  write?(position: number, bytes: Uint8Array): Soon<number>;
  /** The torrent has stopped. A promise is waited for, 5 s at most. */
  close?(): Soon<void>;
}
