// What a thread of the hash pool runs. It loads nothing but the hash.

// Not imported: that would load everything that the module can do, five times the memory.
const { hash } = process.getBuiltinModule("node:crypto");

/** Bytes of a SHA-1. */
const digestBytes = 20;

/** Pieces, and blocks of some, to be hashed by one thread, one after the other. */
export interface HashBatch {
  readonly memories: readonly SharedArrayBuffer[];
  /** For each: its place in `memories`, its offset there, its length in bytes. */
  readonly places: readonly number[];
  /** For chaos: an endless loop instead. */
  readonly mustHang?: boolean;
}

/** @returns 20 bytes for each, in order, in memory of their own. */
export default function hashPieces({ memories, places, mustHang }: HashBatch): Uint8Array {
  if (mustHang === true) for (;;);
  const digests = new Uint8Array((places.length / 3) * digestBytes);
  for (let at = 0, to = 0; at < places.length; at += 3, to += digestBytes) {
    const memory = memories[places[at] ?? 0];
    if (memory === undefined) throw new RangeError("bug: a piece in memory that was not sent");
    digests.set(hash("sha1", new Uint8Array(memory, places[at + 1], places[at + 2]), "buffer"), to);
  }
  return digests;
}
