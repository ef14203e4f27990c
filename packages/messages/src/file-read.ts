import type { TorrentId } from "./ids.ts";

/** Bytes of a file that a program reads in order. */
export interface FileRead {
  readonly torrent: TorrentId;
  /** The program's number of the reader, which the engine makes at its first read. */
  readonly reader: number;
  /** Index. */
  readonly file: number;
  /** The next byte, in the file. */
  readonly start: number;
  /** Position behind the last byte, in the file. */
  readonly end: number;
  /** The bytes of a torrent at rest are read from the disk. Absent: a stopped torrent is refused. */
  readonly atRest?: true;
  /** The bytes of the read before are still in use: the reader has memory for two. */
  readonly isAhead?: true;
}

/** The bytes at `start`, 1 MiB at most, 4 MiB for a fast reader ahead; 0: none is there yet, and the event `reader-ready` tells when to read again. */
export type FileBytes = FilledBytes | { readonly lengthBytes: 0; readonly memory?: undefined };

/** Bytes of a read. */
export interface FilledBytes {
  readonly lengthBytes: number;
  /** Memory of the reader: the bytes stay until its next read, for a reader ahead until the one after. */
  readonly memory: SharedArrayBuffer;
  /** Where the bytes begin in the memory. */
  readonly offset: number;
}
