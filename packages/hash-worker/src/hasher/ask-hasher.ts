// The gate for answers of a hasher of the user's program: each is a hash or a typed error.

import { makerOf, partOf, WrongAnswer } from "@troupe/actor-runtime/module-answers";
import { digestLength } from "@troupe/protocol/piece-digest";
import type { PieceHasher } from "./hasher-module.ts";

const hashBytes: number = digestLength("sha1");

/** @param exported The default export of a module. @throws rejects with WrongAnswer, or with the error of the module. */
export async function makeHasher(exported: unknown): Promise<PieceHasher> {
  const make = makerOf(exported);
  return partOf(await make(), "hash", []) as PieceHasher;
}

/**
 * @param piece A view of shared memory, of which the hasher gets a copy: it may keep and change what it gets.
 * @returns The hash of the piece in memory of its own. @throws rejects with WrongAnswer, or with the error of the module.
 */
export async function askHasher(hasher: PieceHasher, piece: Uint8Array): Promise<Uint8Array> {
  const answer: unknown = await hasher.hash(new Uint8Array(piece));
  if (!(answer instanceof Uint8Array))
    throw new WrongAnswer(`answered with a value of the type ${typeof answer}, not with bytes`);
  const hash = new Uint8Array(answer);
  if (hash.length === hashBytes) return hash;
  throw new WrongAnswer(`answered with ${hash.length} bytes, not with ${hashBytes}`);
}

/** A hasher has not answered in the time that it has. */
export function lateAnswer(limitMs: number): WrongAnswer {
  return new WrongAnswer(`did not answer within ${Math.round(limitMs / 1_000)} s`);
}
