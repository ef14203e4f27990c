// The padding of a torrent (BEP 47), packed for another thread: the offsets in the torrent at which it begins and ends.

import type { StoredFile } from "./file-list.ts";

/** Runs of padding in their order; between two runs there are other bytes. */
export type PaddingRuns = readonly (readonly [begin: number, end: number])[];

/** @returns The begin and end of each run, as 64-bit floats in machine byte order. Undefined without padding. */
export function packPadding(files: readonly StoredFile[]): Uint8Array | undefined {
  const ends: number[] = [];
  let at = 0;
  for (const { lengthBytes, isPadding } of files) {
    const begin = at;
    at += lengthBytes;
    if (isPadding !== true || lengthBytes === 0) continue;
    if (ends.at(-1) === begin) ends.pop();
    else ends.push(begin);
    ends.push(at);
  }
  return ends.length === 0 ? undefined : new Uint8Array(Float64Array.from(ends).buffer);
}

/** @param packed The bytes that {@link packPadding} returned. */
export function unpackPadding(packed: Uint8Array | undefined): PaddingRuns {
  if (packed === undefined) return [];
  // A copy, because the bytes may be unaligned.
  const ends = new Float64Array(packed.slice().buffer);
  return Array.from({ length: ends.length / 2 }, (_, run) => [
    ends[2 * run] ?? 0,
    ends[2 * run + 1] ?? 0,
  ]);
}
