import type { MetricSeries } from "@troupe/messages";

/** Words that a counter tells apart, such as reasons and codes of errors; the others count as `other`. */
const mostWords = 48;

/** Counts events by a word. */
export class WordCounter {
  readonly #label: string;
  readonly #counts: Map<string, number>;

  /** @param words Listed from the start, so that a reader sees them at 0. */
  constructor(label: string, words: readonly string[]) {
    this.#label = label;
    this.#counts = new Map(words.map((word) => [word, 0]));
  }

  count(word: string): void {
    const isKnown = this.#counts.has(word) || this.#counts.size < mostWords;
    const known = isKnown ? word : "other";
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  /** @param labels Further labels of each series. */
  read(labels: MetricSeries["labels"] = {}): MetricSeries[] {
    return Array.from(this.#counts, ([word, value]) => ({
      labels: { ...labels, [this.#label]: word },
      value,
    }));
  }
}
