// Loads only the hashes.

import {
  blockDigests,
  blockDigestsLength,
  digestLength,
  digestPiece,
  type DigestRule,
} from "@troupe/protocol/piece-digest";

// An import would take five times the memory.
const { hash } = process.getBuiltinModule("node:crypto");

/** Fields of a place: index in `memories`, offset, bytes, bytes without padding. */
const placeFields = 4;

/** Pieces, and blocks of some, for a single thread. */
export interface HashBatch extends DigestRule {
  readonly memories: readonly SharedArrayBuffer[];
  /** The place of each piece, one after another. */
  readonly places: readonly number[];
  /** For each piece whether its blocks are digested too. */
  readonly withBlocks: readonly boolean[];
  /** Loops endlessly instead, for chaos. */
  readonly mustHang?: boolean;
}

/** @returns The digest of each, in order, with those of its blocks behind it where asked, in memory of their own. */
export function runTask(batch: HashBatch): Uint8Array {
  const { memories, mustHang, places, withBlocks } = batch;
  if (mustHang === true) for (;;);
  const digests = new Uint8Array(digestBytes(batch));
  let to = 0;
  const add = (digest: Uint8Array): void => {
    digests.set(digest, to);
    to += digest.length;
  };
  for (let at = 0; at < places.length; at += placeFields) {
    const memory = memories[places[at] ?? 0];
    if (memory === undefined) throw new RangeError("bug: the memory of a piece was not sent");
    const bytes = new Uint8Array(memory, places[at + 1], places[at + 2]);
    const dataBytes = places[at + 3] ?? 0;
    add(digestPiece(batch, bytes, dataBytes, sha1));
    if (withBlocks[at / placeFields] === true)
      add(blockDigests(bytes.subarray(0, dataBytes), batch.algorithm, sha1));
  }
  return digests;
}

function digestBytes({ algorithm, places, withBlocks }: HashBatch): number {
  let bytes = withBlocks.length * digestLength(algorithm);
  for (const [piece, hasBlocks] of withBlocks.entries())
    if (hasBlocks) bytes += blockDigestsLength(algorithm, places[piece * placeFields + 3] ?? 0);
  return bytes;
}

function sha1(bytes: Uint8Array): Uint8Array {
  return hash("sha1", bytes, "buffer");
}
