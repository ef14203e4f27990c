import { scrambled } from "./scrambled.ts";

/** The pieces of a torrent in an order drawn from a seed, without a list: begins at any piece and steps by a number without a common divisor. */
export class PieceOrder {
  readonly #pieceCount: number;
  readonly #start: number;
  readonly #step: number;

  constructor(pieceCount: number, seed: number) {
    this.#pieceCount = pieceCount;
    this.#start = scrambled(seed) % pieceCount;
    let step = 1 + (scrambled(seed ^ 0x5bd1e995) % pieceCount);
    while (greatestCommonDivisor(step, pieceCount) !== 1) step++;
    this.#step = step % pieceCount;
  }

  /** The piece at a place of the order, 0 to `pieceCount` - 1. */
  at(place: number): number {
    return (this.#start + place * this.#step) % this.#pieceCount;
  }
}

function greatestCommonDivisor(one: number, other: number): number {
  let [a, b] = [one, other];
  while (b > 0) [a, b] = [b, a % b];
  return a;
}
