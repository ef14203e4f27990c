import type { Random } from "../ports/random.ts";
import { sha1 } from "../io/system/node-sha1.ts";
import { randomFraction } from "../io/system/node-random.ts";

/**
 * The same numbers for the same seed everywhere, by xoshiro128** (Blackman and Vigna). Not for secrets: `bytes` is
 * predictable too.
 */
export class SeededRandom implements Random {
  readonly #seed: string;
  readonly #words: Uint32Array;

  constructor(seed: string) {
    this.#seed = seed;
    const digest = sha1(new TextEncoder().encode(seed));
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    // Four zeros would stay zero; no known text hashes to them.
    this.#words = Uint32Array.of(0, 4, 8, 12).map((at) => view.getUint32(at));
  }

  /** A generator whose draws do not change the rest of a run. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${this.#seed}/${label}`);
  }

  next(): number {
    return randomFraction(this.#word(), this.#word());
  }

  integer(below: number): number {
    return Math.floor(this.next() * below);
  }

  bytes(lengthBytes: number): Uint8Array {
    const bytes = new Uint8Array(lengthBytes);
    for (let at = 0; at < lengthBytes; at += 1) bytes[at] = this.#word() >>> 24;
    return bytes;
  }

  #word(): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.#words;
    const mixedC = c ^ a;
    const mixedD = d ^ b;
    this.#words[0] = a ^ mixedD;
    this.#words[1] = b ^ mixedC;
    this.#words[2] = mixedC ^ (b << 9);
    this.#words[3] = rotated(mixedD, 11);
    return Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
