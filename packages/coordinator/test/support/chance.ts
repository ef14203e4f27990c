// Random numbers for tests: the same ones every time, or chosen ones.

import type { Random } from "@troupe/actor-runtime";

/** Numbers from a seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    bytes: (lengthBytes) => Uint8Array.from({ length: lengthBytes }, () => next() * 256),
  };
}

/** `integer` gives the numbers of `integers` in order, then 0; `next` gives 0.5. */
export function chosenRandom(...integers: readonly number[]): Random & { calls: number } {
  let at = 0;
  return {
    get calls() {
      return at;
    },
    next: () => 0.5,
    integer: (below) => (integers[at++] ?? 0) % below,
    bytes: (lengthBytes) => new Uint8Array(lengthBytes),
  };
}
