import type { Random } from "../ports/random.ts";
import { sha1 } from "../io/system/node-sha1.ts";
import { randomFraction } from "../io/system/node-random.ts";

/**
 * Random numbers that are equal for equal seeds everywhere, by xoshiro128** (Blackman and Vigna). Not for secrets:
 * `bytes` is predictable too.
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
    // By index: a pattern takes an iterator, which costs more than the rest.
    const words = this.#words;
    const a = words[0] ?? 0;
    const b = words[1] ?? 0;
    const mixedC = (words[2] ?? 0) ^ a;
    const mixedD = (words[3] ?? 0) ^ b;
    words[0] = a ^ mixedD;
    words[1] = b ^ mixedC;
    words[2] = mixedC ^ (b << 9);
    words[3] = rotated(mixedD, 11);
    return Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
  }
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
