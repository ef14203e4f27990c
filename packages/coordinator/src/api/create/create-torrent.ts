// Torrents of files on the disk. A program that makes none loads neither their making nor the pool of hash threads.

import type { NewVersion, PlannedFile } from "@troupe/protocol/create";
import type { TorrentEdits } from "@troupe/protocol/metainfo";
import type { HashOptions } from "./hash-files.ts";
import type { SeedPlace } from "./seed-place.ts";
import type { WalkRules } from "./found-files.ts";

/** Options of {@link createTorrent}. */
export interface CreateOptions extends Partial<WalkRules>, HashOptions {
  /** Default `hybrid`, which every client reads; `v1` for a private torrent, whose tracker may refuse the others. */
  readonly version?: NewVersion;
  /** Bytes of a piece, a multiple of 16 KiB; a power of two for version 2. Default: by the size of the content. */
  readonly pieceLengthBytes?: number;
  /** Files of version 1 begin pieces, with padding between them. Other versions always do. */
  readonly align?: boolean;
  /** Default: the name of the file or folder. */
  readonly name?: string;
  /** Trackers, web seeds, nodes, comment, hints; `info` for private, source and hints that belong to the hash. */
  readonly fields?: TorrentEdits;
  /** Called before the first byte is hashed. */
  readonly onPlan?: (plan: CreationPlan) => void;
  /** Seconds since 1970. Default: none, so that equal files give equal bytes. */
  readonly creationDate?: number;
}

/** A plan of a torrent: nothing is hashed yet. */
export interface CreationPlan {
  readonly version: NewVersion;
  readonly name: string;
  readonly pieceLengthBytes: number;
  readonly pieceCount: number;
  /** Without padding. */
  readonly totalBytes: number;
  /** In the order of the torrent, with padding. */
  readonly files: readonly PlannedFile[];
  /** Links that were left out. */
  readonly skipped: readonly string[];
}

/** A new torrent. */
export interface CreatedTorrent extends CreationPlan {
  /** The .torrent. */
  readonly bytes: Uint8Array;
  readonly infoHashV1: string | undefined;
  readonly infoHashV2: string | undefined;
  /** Options by which {@link Coordinator.add} seeds the files where they are. Undefined where links were followed. */
  readonly seed: SeedPlace | undefined;
}

/**
 * Plans a torrent of a file or folder, and hashes nothing.
 *
 * @throws {TroupeError} rejects with `files-unusable`, which names them; `source-empty`, `option-out-of-range`.
 */
export async function planTorrent(
  path: string,
  options: CreateOptions = {},
): Promise<CreationPlan> {
  return await (await import("./make-torrent.ts")).makePlan(path, options);
}

/**
 * Makes a torrent of a file or folder. Equal files, names and options give equal bytes on every machine.
 *
 * @param path A file or folder; the files must not change meanwhile.
 * @throws {TroupeError} rejects as {@link planTorrent}, with `file-changed`, `field-invalid`, or the signal's reason.
 */
export async function createTorrent(
  path: string,
  options: CreateOptions = {},
): Promise<CreatedTorrent> {
  return await (await import("./make-torrent.ts")).makeTorrent(path, options);
}
