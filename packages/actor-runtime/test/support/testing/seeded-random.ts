import type { Random } from "../../../src/ports/random.ts";

/** Numbers from a seed (mulberry32), the same every time. */
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
