// One second of a run: windows of all generators are added to it.

import type { LatencyHistogram } from "../../measures/latency-histogram.ts";
import {
  gaugeNames,
  type GaugeName,
  type MeasureName,
  type Window,
} from "../../measures/measures.ts";
import type { ProcessUse, Second } from "../result.ts";

/** Latencies of a measure and group, of all phases and generators. */
interface MergedLatencies {
  readonly measure: MeasureName;
  readonly group: string;
  readonly histogram: LatencyHistogram;
}

/** Sums of the windows of a second. */
export class SecondOfWindows {
  readonly #counts: Record<string, Record<string, number>> = {};
  readonly #gauges: Record<string, Record<GaugeName, number>> = nameless();
  readonly #latencies = new Map<string, MergedLatencies>();

  /** @param histograms The window's histograms, decoded, in their order. They belong to the second from now on. */
  add(window: Window, histograms: readonly LatencyHistogram[]): void {
    for (const { counter, group, value } of window.counts) {
      if (value === 0) continue;
      const groups = (this.#counts[counter] ??= nameless());
      groups[group] = (groups[group] ?? 0) + value;
    }
    for (const [group, states] of Object.entries(window.gauges)) {
      const sums = (this.#gauges[group] ??= emptyStates());
      for (const name of gaugeNames) sums[name] += states[name];
    }
    for (const [index, { measure, group }] of window.histograms.entries()) {
      const histogram = histograms[index];
      if (histogram !== undefined) this.#merge({ measure, group, histogram });
    }
  }

  /** The second as the result has it. */
  second(
    second: number,
    use: { readonly targets: Readonly<Record<string, ProcessUse>>; readonly own: ProcessUse },
  ): Second {
    const latencies = [...this.#latencies.values()].map(({ histogram, ...names }) => ({
      ...names,
      count: histogram.count,
      p50: histogram.percentile(50),
      p90: histogram.percentile(90),
      p99: histogram.percentile(99),
      max: histogram.maxUs,
    }));
    return { second, counts: this.#counts, gauges: this.#gauges, latencies, ...use };
  }

  #merge(added: MergedLatencies): void {
    const key = JSON.stringify([added.measure, added.group]);
    const known = this.#latencies.get(key);
    if (known === undefined) this.#latencies.set(key, added);
    else known.histogram.add(added.histogram);
  }
}

function emptyStates(): Record<GaugeName, number> {
  return { waiting: 0, connecting: 0, open: 0, unchoked: 0, complete: 0, gone: 0 };
}

/** A record for names from a scenario, which may be `__proto__`. */
function nameless<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}
