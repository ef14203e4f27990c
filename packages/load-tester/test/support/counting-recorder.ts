import {
  type AccountName,
  type CounterName,
  type GaugeName,
  type MeasureName,
  planEnds,
  type Recorder,
  requestEnds,
} from "../../src/measures/measures.ts";

/** A latency. */
export interface Sample {
  readonly measure: MeasureName;
  readonly beganMs: number;
  readonly endedMs: number;
  readonly sentMs: number | undefined;
}

/** Keeps everything that a load tells. */
export class CountingRecorder implements Recorder {
  readonly samples: Sample[] = [];
  readonly acts: { readonly intendedMs: number; readonly sentMs: number }[] = [];
  readonly #counts = new Map<string, number>();
  readonly #gauges = new Map<GaugeName, number>();

  sample(measure: MeasureName, beganMs: number, endedMs: number, sentMs?: number): void {
    this.samples.push({ measure, beganMs, endedMs, sentMs });
  }

  count(counter: CounterName, by = 1, label = ""): void {
    for (const key of label === "" ? [counter] : [counter, `${counter}: ${label}`]) {
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
    }
  }

  account(counter: AccountName, _beganMs: number, label = ""): void {
    this.count(counter, 1, label);
  }

  acted(intendedMs: number, sentMs: number): void {
    this.acts.push({ intendedMs, sentMs });
  }

  /** The counters of requests, in the order of their sum. */
  get requests(): number[] {
    return (["requests", ...requestEnds] as const).map((counter) => this.countOf(counter));
  }

  /** The counters of the plan, in the order of their sum, without `planned`. */
  get plan(): number[] {
    return planEnds.map((counter) => this.countOf(counter));
  }

  moved(from: GaugeName | undefined, to: GaugeName): void {
    if (from !== undefined) this.#gauges.set(from, this.gauge(from) - 1);
    this.#gauges.set(to, this.gauge(to) + 1);
  }

  gauge(name: GaugeName): number {
    return this.#gauges.get(name) ?? 0;
  }

  /** @param key A counter, or `counter: label`. */
  countOf(key: CounterName | `${CounterName}: ${string}`): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Labels of a counter, sorted. */
  labels(counter: CounterName): string[] {
    const prefix = `${counter}: `;
    const keys = [...this.#counts.keys()].filter((key) => key.startsWith(prefix));
    return keys.map((key) => key.slice(prefix.length)).toSorted();
  }

  samplesOf(measure: MeasureName): Sample[] {
    return this.samples.filter((sample) => sample.measure === measure);
  }
}
