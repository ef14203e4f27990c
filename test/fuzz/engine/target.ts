// A decoder to fuzz, and the property of its inputs.

import type { Random } from "./random.ts";

/** The sources of a mutator besides the input itself. */
export interface MutationMeans {
  readonly random: Random;
  /** Another input of the corpus. */
  readonly other: Uint8Array;
  /** No result is longer. */
  readonly maxBytes: number;
}

/** Makes a new input of an old one. */
export type Mutator = (input: Uint8Array, means: MutationMeans) => Uint8Array;

/** One entry point that sees bytes from outside. */
export interface FuzzTarget {
  /** Also the name of its folder in the corpus. */
  readonly name: string;
  /** The property of every input, in one sentence. */
  readonly oracle: string;
  /** Parts of the paths of the sources whose coverage guides. */
  readonly sources: readonly string[];
  /** Inputs to begin with: sound ones, mostly. */
  readonly seeds: () => readonly Uint8Array[];
  readonly mutate: Mutator;
  /** Default 4 KiB. */
  readonly maxBytes?: number;
  /** Throws, or rejects, when the oracle does not hold. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}
