// The trees of version 2 (BEP 52) of a torrent, for a peer-worker.

import type { HashAlgorithm } from "@troupe/protocol/piece-hashes";
import type { SharedBytes } from "./layouts/shared-bytes.ts";

/** Hashes and places of files; the engine adds layers of pieces as they come from peers. */
export interface OpenTrees {
  readonly algorithm: Exclude<HashAlgorithm, "sha1">;
  /** Layer of the trees with a node a piece. */
  readonly pieceLayer: number;
  /** The hashes of the pieces; zeros where they are not known yet. */
  readonly hashes: SharedArrayBuffer;
  /** The root of each file, 32 bytes; zeros for padding and for an empty file. */
  readonly roots: SharedBytes;
  /** Two float64 a file: its offset in the torrent, and its bytes. */
  readonly places: SharedArrayBuffer;
  /** The torrent has no version 1: every connection speaks version 2. */
  readonly isAlone: boolean;
}

/** @returns {@link OpenTrees.places}. */
export function packPlaces(
  files: readonly { readonly offset: number; readonly lengthBytes: number }[],
): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(files.length * 2 * Float64Array.BYTES_PER_ELEMENT);
  const places = new Float64Array(memory);
  for (const [file, { offset, lengthBytes }] of files.entries())
    places.set([offset, lengthBytes], 2 * file);
  return memory;
}
