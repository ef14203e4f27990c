import { blockLengthBytes } from "../../units.ts";

/** Longest piece that is chosen for a new torrent. */
const longestBytes: number = 16 * 2 ** 20;
const digestBytes = 20;

/**
 * @returns The piece length for a torrent of so many bytes: the list of hashes grows with the root of the size, as
 *   libtorrent's does. A power of two from 16 KiB to 16 MiB.
 */
export function pieceLengthFor(totalBytes: number): number {
  let length = blockLengthBytes;
  while (length < longestBytes && totalBytes > Math.trunc(((2 * length) / digestBytes) ** 2))
    length *= 2;
  return length;
}
