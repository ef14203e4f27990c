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

/** @param length Length of the packed list, or a part of it. */
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
  return {
    torrent: (runs[at] ?? 0) as TorrentId,
    position: runs[at + 1] ?? 0,
    lengthBytes: runs[at + 2] ?? 0,
    offset: runs[at + 3] ?? 0,
  };
}
