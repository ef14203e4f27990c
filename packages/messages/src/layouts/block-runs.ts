// Runs of adjacent blocks to read for peers, four numbers each: a message carries a list of numbers faster than objects.

import type { TorrentId } from "../ids.ts";

const numbersOfRun = 4;

/** Adjacent bytes of a torrent, and where they go. */
export interface BlockRun {
  readonly torrent: TorrentId;
  /** In the torrent as a single file. */
  readonly position: number;
  readonly lengthBytes: number;
  /** In the slab. */
  readonly offset: number;
}

/** A list of runs as four numbers each: torrent, position, length, offset. */
export type PackedRuns = readonly number[];

/** @param length Of the packed list, or a part of it. */
export function countRuns({ length }: PackedRuns): number {
  return length / numbersOfRun;
}

/** Adds a run to a packed list. */
export function pushRun(
  runs: number[],
  { torrent, position, lengthBytes, offset }: BlockRun,
): void {
  runs.push(torrent, position, lengthBytes, offset);
}

/** @param index Below {@link countRuns}. */
export function runAt(runs: PackedRuns, index: number): BlockRun {
  const at = index * numbersOfRun;
  const [torrent = 0, position = 0, lengthBytes = 0, offset = 0] = runs.slice(
    at,
    at + numbersOfRun,
  );
  return { torrent: torrent as TorrentId, position, lengthBytes, offset };
}
