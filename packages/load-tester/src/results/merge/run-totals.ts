// Latencies and counters over a whole run, by group and phase.

import type { RawHistogram } from "../../measures/group-measures.ts";
import { LatencyHistogram } from "../../measures/latency-histogram.ts";
import type {
  CounterName,
  MeasureName,
  NamedCount,
  NamedHistogram,
} from "../../measures/measures.ts";
import { countsInRun } from "../../scenario/warm-up.ts";
import type { LoadTestResult } from "../result.ts";

/** Labels of a counter in a group and phase; further ones count as `other`. Targets and agents may invent any number. */
const mostLabels = 1_000;

/** Groups and phases; undefined: all, without the warm-up. */
export interface TotalsPart {
  readonly groups?: readonly string[] | undefined;
  readonly phases?: readonly string[] | undefined;
  /** One label of a counter. */
  readonly label?: string;
  /** Without phases: the warm-up counts too. */
  readonly hasWarmUp?: boolean;
}

/** The totals of a run, or of the part that is over. */
export class RunTotals {
  readonly #histograms = new Map<string, RawHistogram>();
  readonly #counts = new Map<string, NamedCount>();
  /** By counter, group and phase. */
  readonly #labels = new Map<string, number>();

  /** @throws TroupeError `histogram-malformed` */
  static ofResult(result: Pick<LoadTestResult, "histograms" | "counts">): RunTotals {
    const totals = new RunTotals();
    for (const named of result.histograms)
      totals.addHistogram(named, LatencyHistogram.decode(named.hdr));
    for (const count of result.counts) totals.addCount(count);
    return totals;
  }

  /** Adds latencies of a window. The histogram stays the caller's. */
  addHistogram(name: Omit<NamedHistogram, "hdr">, added: LatencyHistogram): void {
    const { measure, group, phase } = name;
    const key = JSON.stringify([measure, group, phase]);
    let one = this.#histograms.get(key);
    if (one === undefined) {
      one = { measure, group, phase, histogram: LatencyHistogram.empty() };
      this.#histograms.set(key, one);
    }
    one.histogram.add(added);
  }

  /** Adds the growth of a counter. */
  addCount(count: NamedCount): void {
    const { counter, group, phase } = count;
    const label = this.#labelOf(count);
    const key = keyOf({ counter, group, phase, label });
    const value = (this.#counts.get(key)?.value ?? 0) + count.value;
    this.#counts.set(key, { counter, group, phase, label, value });
  }

  /** Groups with latencies of a measure that count in the run, in order of their first window. */
  groupsWith(measure: MeasureName): string[] {
    const own = [...this.#histograms.values()].filter(
      (one) => one.measure === measure && countsInRun(measure, one.phase),
    );
    return [...new Set(own.map(({ group }) => group))];
  }

  /** The latencies of some groups and phases; not to be changed. */
  histogram(measure: MeasureName, part: TotalsPart = {}): LatencyHistogram {
    const own = [...this.#histograms.values()].filter(
      (one) => one.measure === measure && isPart(one.measure, one, part),
    );
    const [first] = own;
    if (first !== undefined && own.length === 1) return first.histogram;
    const sum = LatencyHistogram.empty();
    for (const { histogram } of own) sum.add(histogram);
    return sum;
  }

  /** The sum of a counter over some groups and phases, and all labels. */
  count(counter: CounterName, part: TotalsPart = {}): number {
    let sum = 0;
    for (const one of this.#counts.values()) {
      const isLabelled = part.label === undefined || one.label === part.label;
      if (one.counter === counter && isLabelled && isPart(counter, one, part)) sum += one.value;
    }
    return sum;
  }

  /** For the result. */
  histograms(): NamedHistogram[] {
    return [...this.#histograms.values()].map(({ histogram, ...name }) => ({
      ...name,
      hdr: histogram.encode(),
    }));
  }

  /** For the result: those of the warm-up too. */
  counts(): NamedCount[] {
    return [...this.#counts.values()];
  }

  /** Counts that are part of the run, without the warm-up. */
  runCounts(): NamedCount[] {
    return this.counts().filter(({ counter, phase }) => countsInRun(counter, phase));
  }

  #labelOf(count: NamedCount): string {
    if (this.#counts.has(keyOf(count))) return count.label;
    const key = keyOf({ ...count, label: "" });
    const labels = this.#labels.get(key) ?? 0;
    if (labels >= mostLabels) return count.label === "" ? "" : "other";
    this.#labels.set(key, labels + 1);
    return count.label;
  }
}

function keyOf({ counter, group, phase, label }: Omit<NamedCount, "value">): string {
  return JSON.stringify([counter, group, phase, label]);
}

function isPart(
  name: CounterName | MeasureName,
  one: { readonly group: string; readonly phase: string },
  { groups, phases, hasWarmUp = false }: TotalsPart,
): boolean {
  if (groups?.includes(one.group) === false) return false;
  if (phases !== undefined) return phases.includes(one.phase);
  return hasWarmUp || countsInRun(name, one.phase);
}
