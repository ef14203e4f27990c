// Loads only the hash.

// An import would take five times the memory.
const { hash } = process.getBuiltinModule("node:crypto");

const digestBytes = 20;

/** Pieces, and blocks of some, for a single thread. */
export interface HashBatch {
  readonly memories: readonly SharedArrayBuffer[];
  /** For each: index in `memories`, offset, bytes. */
  readonly places: readonly number[];
  /** Loops endlessly instead, for chaos. */
  readonly mustHang?: boolean;
}

/** @returns 20 bytes for each, in order, in memory of their own. */
export function runTask({ memories, places, mustHang }: HashBatch): Uint8Array {
  if (mustHang === true) for (;;);
  const digests = new Uint8Array((places.length / 3) * digestBytes);
  for (let at = 0, to = 0; at < places.length; at += 3, to += digestBytes) {
    const memory = memories[places[at] ?? 0];
    if (memory === undefined) throw new RangeError("bug: the memory of a piece was not sent");
    digests.set(hash("sha1", new Uint8Array(memory, places[at + 1], places[at + 2]), "buffer"), to);
  }
  return digests;
}
