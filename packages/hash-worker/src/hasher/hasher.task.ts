// The thread of a hasher of the user's program.

import { deedOf } from "@troupe/actor-runtime/module-answers";
import { askHasher, makeHasher } from "./ask-hasher.ts";
import type { PieceHasher } from "./hasher-module.ts";

/** Fields of a place: index in `memories`, offset, bytes. */
const placeFields = 3;

/** Pieces for a hasher; none loads it. */
export interface HasherBatch {
  /** Module of the thread, the same for all its batches. */
  readonly url: string;
  readonly memories: readonly SharedArrayBuffer[];
  /** The place of each piece, one after another. */
  readonly places: readonly number[];
}

/** The hash of each piece, end to end; or what the hasher did instead, as the end of a sentence. */
export type HasherAnswer = { readonly digests: Uint8Array } | { readonly deed: string };

/** Loaded once for the thread. */
let loaded: Promise<PieceHasher> | undefined;

/** Hashes one piece after the other. */
export async function runTask({ url, memories, places }: HasherBatch): Promise<HasherAnswer> {
  try {
    loaded ??= loadHasher(url);
    const hasher = await loaded;
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < places.length; at += placeFields) {
      const memory = memories[places[at] ?? 0];
      if (memory === undefined) throw new RangeError("bug: the memory of a piece was not sent");
      const piece = new Uint8Array(memory, places[at + 1], places[at + 2]);
      // A hasher has one call at a time. oxlint-disable-next-line no-await-in-loop
      hashes.push(await askHasher(hasher, piece));
    }
    return { digests: endToEnd(hashes) };
  } catch (error) {
    return { deed: deedOf(error) };
  }
}

async function loadHasher(url: string): Promise<PieceHasher> {
  const module = (await import(url)) as { readonly default?: unknown };
  return await makeHasher(module.default);
}

function endToEnd(hashes: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.reduce((sum, { length }) => sum + length, 0));
  let to = 0;
  for (const hash of hashes) {
    bytes.set(hash, to);
    to += hash.length;
  }
  return bytes;
}
