// Loads only the hash.

import type { HashAlgorithm } from "@troupe/protocol/piece-hashes";

// An import would take five times the memory.
const { hash } = process.getBuiltinModule("node:crypto");

/** Pieces, and blocks of some, for a single thread. */
export interface HashBatch {
  readonly algorithm: HashAlgorithm;
  /** Bytes of each digest. */
  readonly digestBytes: number;
  readonly memories: readonly SharedArrayBuffer[];
  /** For each: index in `memories`, offset, bytes. */
  readonly places: readonly number[];
  /** Loops endlessly instead, for chaos. */
  readonly mustHang?: boolean;
}

/** @returns The digest of each, in order, in memory of their own. */
export function runTask(batch: HashBatch): Uint8Array {
  const { algorithm, digestBytes, memories, places, mustHang } = batch;
  if (mustHang === true) for (;;);
  const digests = new Uint8Array((places.length / 3) * digestBytes);
  for (let at = 0, to = 0; at < places.length; at += 3, to += digestBytes) {
    const memory = memories[places[at] ?? 0];
    if (memory === undefined) throw new RangeError("bug: the memory of a piece was not sent");
    const bytes = new Uint8Array(memory, places[at + 1], places[at + 2]);
    digests.set(hash(algorithm, bytes, "buffer"), to);
  }
  return digests;
}
