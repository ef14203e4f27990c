import type { Random } from "../../ports/random.ts";
import { systemModule } from "./system-module.ts";

/** One call for 512 numbers costs about 10 ns a number. */
const poolWords = 1024;

/** The system's cryptographic generator; small draws share a pool. */
export class NodeRandom implements Random {
  readonly #pool = new Uint32Array(poolWords);
  #next = poolWords;

  next(): number {
    return randomFraction(this.#word(), this.#word());
  }

  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  bytes(lengthBytes: number): Uint8Array {
    // Own memory, for posts.
    return systemModule("node:crypto").randomFillSync(new Uint8Array(lengthBytes));
  }

  #word(): number {
    if (this.#next === poolWords) {
      systemModule("node:crypto").randomFillSync(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++] ?? 0;
  }
}

/** @returns A number in [0, 1) with 53 random bits. */
export function randomFraction(first: number, second: number): number {
  return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
}
