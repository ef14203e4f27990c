// Random numbers of a plan: xoshiro128** (Blackman and Vigna), seeded by the finaliser of MurmurHash3.

const goldenRatio = 0x9e3779b9;
const twoTo32 = 2 ** 32;
const twoToMinus53 = 2 ** -53;

/** A stream of numbers that depends on a seed and labels alone. Streams with different labels are independent. */
export class SeededStream {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param labels Whole numbers, such as a group and a member. */
  constructor(seed: number, labels: readonly number[]) {
    const words = [1, 2, 3, 4].map((word) => labels.reduce(mixed, mixed(seed, word)));
    const [a = 1, b = 1, c = 1, d = 1] = words;
    [this.#a, this.#b, this.#c] = [a, b, c];
    // Four zeros would stay zeros.
    this.#d = a === 0 && b === 0 && c === 0 && d === 0 ? 1 : d;
  }

  /** A whole number of 32 bits, not negative. */
  word(): number {
    const result = Math.imul(rotated(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotated(this.#d, 11);
    return result;
  }

  /** From 0 to below 1, with 53 bits. */
  fraction(): number {
    return ((this.word() >>> 5) * 2 ** 26 + (this.word() >>> 6)) * twoToMinus53;
  }

  /** Draws from an exponential distribution with mean 1. */
  exponential(): number {
    return -Math.log(1 - this.fraction());
  }

  /** Draws from the standard normal distribution (Box and Muller). */
  normal(): number {
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.fraction());
  }
}

function mixed(state: number, label: number): number {
  let word = (state + Math.imul((label % twoTo32) + 1, goldenRatio)) | 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
