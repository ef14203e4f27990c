import type { CounterName, NamedCount } from "./measures.ts";

/** Labels of a counter in a window. Further ones count as `other`. */
const mostLabels = 100;
const mostLabelLength = 100;

/** The growth of a group's counters within one window and one phase. */
export class Tally {
  readonly phase: string;
  readonly #plain = new Map<CounterName, number>();
  readonly #labelled = new Map<CounterName, Map<string, number>>();

  constructor(phase: string) {
    this.phase = phase;
  }

  add(counter: CounterName, by: number, label: string): void {
    if (label === "") this.#plain.set(counter, (this.#plain.get(counter) ?? 0) + by);
    else this.#addLabelled(counter, by, label.slice(0, mostLabelLength));
  }

  /** @returns All counters that have grown. */
  counts(group: string): NamedCount[] {
    const { phase } = this;
    const plain = Array.from(this.#plain, ([counter, value]) => [counter, "", value] as const);
    const labelled = [...this.#labelled].flatMap(([counter, labels]) =>
      Array.from(labels, ([label, value]) => [counter, label, value] as const),
    );
    return [...plain, ...labelled]
      .filter(([, , value]) => value !== 0)
      .map(([counter, label, value]) => ({ counter, group, phase, label, value }));
  }

  #addLabelled(counter: CounterName, by: number, given: string): void {
    let labels = this.#labelled.get(counter);
    if (labels === undefined) this.#labelled.set(counter, (labels = new Map<string, number>()));
    const label = labels.size < mostLabels || labels.has(given) ? given : "other";
    labels.set(label, (labels.get(label) ?? 0) + by);
  }
}
