import type { CounterName, GaugeName, MeasureName, Recorder } from "../../src/measures/measures.ts";

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
  readonly intents: { readonly intendedMs: number; readonly sentMs: number | undefined }[] = [];
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

  intent(intendedMs: number, sentMs: number | undefined): void {
    this.intents.push({ intendedMs, sentMs });
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
