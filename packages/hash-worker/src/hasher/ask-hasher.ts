// The gate for answers of a hasher of the user's program: each is a hash or a typed error.

import type { Soon } from "@troupe/actor-runtime";
import { digestLength } from "@troupe/protocol/piece-digest";
import { errorText } from "@troupe/protocol/text";
import type { PieceHasher } from "./hasher-module.ts";

/** The hasher failed. The message is the end of a sentence that begins with the hasher. */
export class HasherFault extends Error {}

/** Characters of an error of the module that a message shows. */
export const longestError = 200;
const hashBytes: number = digestLength("sha1");

/** @param exported The default export of a module. @throws rejects with HasherFault, or with the error of the module. */
export async function makeHasher(exported: unknown): Promise<PieceHasher> {
  if (typeof exported !== "function")
    throw new HasherFault("has no function as its default export");
  const made = await (exported as () => Soon<unknown>)();
  if (typeof made !== "object" || made === null)
    throw new HasherFault("returned no object with the method `hash`");
  if (typeof (made as Partial<PieceHasher>).hash !== "function")
    throw new HasherFault("returned an object whose `hash` is no method");
  return made as PieceHasher;
}

/**
 * @param piece A view of shared memory, of which the hasher gets a copy: it may keep and change what it gets.
 * @returns The hash of the piece in memory of its own. @throws rejects with HasherFault, or with the error of the module.
 */
export async function askHasher(hasher: PieceHasher, piece: Uint8Array): Promise<Uint8Array> {
  const answer: unknown = await hasher.hash(new Uint8Array(piece));
  if (!(answer instanceof Uint8Array))
    throw new HasherFault(`answered with a value of the type ${typeof answer}, not with bytes`);
  const hash = new Uint8Array(answer);
  if (hash.length === hashBytes) return hash;
  throw new HasherFault(`answered with ${hash.length} bytes, not with ${hashBytes}`);
}

/** A hasher has not answered in the time that it has. */
export function lateFault(limitMs: number): HasherFault {
  return new HasherFault(`did not answer within ${Math.round(limitMs / 1_000)} s`);
}

/** The error of a hasher as the end of a sentence that begins with the hasher. */
export function deedOf(error: unknown): string {
  if (error instanceof HasherFault) return error.message;
  return `threw ${errorText(error, longestError)}`;
}
