// Random numbers from a seed, so that every run can be repeated.

/** A stream of numbers that depends on its seed alone (xoshiro128**). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed Any text: a run's number and a target's name, for one. */
  constructor(seed: string) {
    let hash = 0x811c9dc5;
    const next = (): number => {
      for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
      hash ^= hash >>> 15;
      return hash | 1;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
    for (let i = 0; i < 8; i++) this.word();
  }

  /** 32 bits. */
  word(): number {
    const mixed = Math.imul(this.#b, 5);
    const result = Math.imul((mixed << 7) | (mixed >>> 25), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result >>> 0;
  }

  /** A whole number from 0 to `bound` − 1; 0 when there is none. */
  below(bound: number): number {
    return bound > 0 ? this.word() % bound : 0;
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.word() % times === 0;
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  pick<Item>(items: readonly Item[]): Item | undefined;
  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }

  /** A length: mostly short, now and then up to `most`. */
  length(most: number): number {
    return this.below(Math.min(most, 1 << this.below(17)) + 1);
  }

  bytes(lengthBytes: number): Uint8Array {
    return Uint8Array.from({ length: lengthBytes }, () => this.word() & 0xff);
  }
}
