// Ranges of one address family while a list is read: rows of words, the first address before the last address.

/** Rows of a step: less than a millisecond. */
const rowsPerStep = 4_096;
const firstRows = 1_024;
/** Digits of a word in the sort, by their lowest bit. */
const digitShifts = [0, 8, 16, 24];
const digitCount = 256;

/**
 * Collects ranges in any order. The generators do their work in short steps, so that the caller can let its event loop turn
 * in between.
 */
export class RangeRows {
  /** Words of an address: 1 for IPv4, 4 for IPv6. */
  readonly #words: number;
  #rows: Uint32Array<ArrayBuffer>;
  #count = 0;
  #isSorted = true;

  constructor(words: number) {
    this.#words = words;
    this.#rows = new Uint32Array(firstRows * this.#width);
  }

  get count(): number {
    return this.#count;
  }

  /** @param first, last Words of the ends, most significant first; `first` is not the greater one. */
  add(first: ArrayLike<number>, last: ArrayLike<number>): void {
    const at = this.#count * this.#width;
    if (at === this.#rows.length) this.#grow();
    for (let word = 0; word < this.#words; word++) {
      this.#rows[at + word] = first[word] ?? 0;
      this.#rows[at + this.#words + word] = last[word] ?? 0;
    }
    // Most lists are sorted.
    if (this.#count > 0 && this.#compare(at, at - this.#width) < 0) this.#isSorted = false;
    this.#count++;
  }

  /** Sorts the ranges, and merges those that overlap or touch. */
  *compact(): Generator<void> {
    if (!this.#isSorted) yield* this.#sort();
    const width = this.#width;
    let kept = 0;
    for (let row = 1; row < this.#count; row++) {
      if (row % rowsPerStep === 0) yield;
      const [before, at] = [kept * width, row * width];
      if (!this.#meet(before, at)) {
        if (++kept !== row) this.#rows.copyWithin(kept * width, at, at + width);
      } else if (this.#compare(at + this.#words, before + this.#words) > 0) {
        this.#rows.copyWithin(before + this.#words, at + this.#words, at + width);
      }
    }
    if (this.#count > 0) this.#count = kept + 1;
  }

  /** Writes the ends of all ranges into two lists. */
  *write(firsts: Uint32Array, lasts: Uint32Array): Generator<void> {
    const words = this.#words;
    for (let row = 0; row < this.#count; row++) {
      if (row % rowsPerStep === 0) yield;
      const at = row * this.#width;
      for (let word = 0; word < words; word++) {
        firsts[row * words + word] = this.#rows[at + word] ?? 0;
        lasts[row * words + word] = this.#rows[at + words + word] ?? 0;
      }
    }
  }

  /** By the first address, from the least significant digit to the most significant one. */
  *#sort(): Generator<void> {
    let scratch = new Uint32Array(this.#count * this.#width);
    const places = new Uint32Array(digitCount);
    for (let word = this.#words - 1; word >= 0; word--) {
      for (const shift of digitShifts) {
        yield* this.#countDigits(places, word, shift);
        if (!placeDigits(places, this.#count)) continue;
        yield* this.#scatter(scratch, places, { word, shift });
        [this.#rows, scratch] = [scratch, this.#rows];
      }
    }
    this.#isSorted = true;
  }

  *#countDigits(counts: Uint32Array, word: number, shift: number): Generator<void> {
    counts.fill(0);
    for (let row = 0; row < this.#count; row++) {
      if (row % rowsPerStep === 0) yield;
      const digit = this.#digit(row, word, shift);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
  }

  *#scatter(
    to: Uint32Array,
    places: Uint32Array,
    { word, shift }: { readonly word: number; readonly shift: number },
  ): Generator<void> {
    const width = this.#width;
    for (let row = 0; row < this.#count; row++) {
      if (row % rowsPerStep === 0) yield;
      const digit = this.#digit(row, word, shift);
      const place = places[digit] ?? 0;
      places[digit] = place + 1;
      const [source, target] = [row * width, place * width];
      for (let i = 0; i < width; i++) to[target + i] = this.#rows[source + i] ?? 0;
    }
  }

  #digit(row: number, word: number, shift: number): number {
    return ((this.#rows[row * this.#width + word] ?? 0) >>> shift) % digitCount;
  }

  /** Whether no address lies between the row at `before` and the row at `at`, which does not begin earlier. */
  #meet(before: number, at: number): boolean {
    const last = before + this.#words;
    if (this.#compare(at, last) <= 0) return true;
    // From the least significant word on, `at` is `last` + 1 up to the word that takes the carry.
    for (let word = this.#words - 1; word >= 0; word--) {
      const [next, value] = [this.#rows[at + word] ?? 0, this.#rows[last + word] ?? 0];
      if (next === value + 1) return this.#areEqual(at, last, word);
      if (next !== 0 || value !== 0xff_ff_ff_ff) return false;
    }
    return false;
  }

  /** The first words of two addresses. */
  #areEqual(a: number, b: number, words: number): boolean {
    for (let word = 0; word < words; word++) {
      if (this.#rows[a + word] !== this.#rows[b + word]) return false;
    }
    return true;
  }

  /** Compares the addresses that begin at two words. */
  #compare(a: number, b: number): number {
    for (let word = 0; word < this.#words; word++) {
      const difference = (this.#rows[a + word] ?? 0) - (this.#rows[b + word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  get #width(): number {
    return 2 * this.#words;
  }

  #grow(): void {
    this.#rows = new Uint32Array(this.#rows.buffer.transfer(2 * this.#rows.byteLength));
  }
}

/** Turns the count of each digit into its first place. @returns Whether there are two different digits. */
function placeDigits(counts: Uint32Array, total: number): boolean {
  let place = 0;
  for (let digit = 0; digit < counts.length; digit++) {
    const count = counts[digit] ?? 0;
    if (count === total) return false;
    counts[digit] = place;
    place += count;
  }
  return true;
}
