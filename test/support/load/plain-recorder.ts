// Counts and latencies of a run, kept whole.

import type {
  AccountName,
  CounterName,
  MeasureName,
  Recorder,
} from "../../../packages/load-tester/src/measures/measures.ts";

/** Records everything of one load. */
export class PlainRecorder implements Recorder {
  readonly counts = new Map<string, number>();
  readonly #latencies: number[] = [];
  readonly #lateMs: number[] = [];
  notSent = 0;

  sample(measure: MeasureName, beganMs: number, endedMs: number): void {
    if (measure !== "connect") this.#latencies.push(endedMs - beganMs);
  }

  count(counter: CounterName, by = 1, label = ""): void {
    const key = label === "" ? counter : `${counter} (${label})`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  account(counter: AccountName, _beganMs: number, label = ""): void {
    if (counter === "not_sent_target") this.notSent++;
    this.count(counter, 1, label);
  }

  acted(intendedMs: number, nowMs: number): void {
    this.#lateMs.push(nowMs - intendedMs);
  }

  moved(): void {}

  /** @returns A percentile of all latencies of answers, in milliseconds; of no sample NaN. */
  latency(share: number): number {
    return percentile(this.#latencies, share);
  }

  get intents(): number {
    return this.#lateMs.length;
  }

  /** @returns A percentile of the own lateness in milliseconds. */
  lateness(share: number): number {
    return percentile(this.#lateMs, share);
  }

  countOf(counter: CounterName): number {
    return this.counts.get(counter) ?? 0;
  }

  /** Counts of what went wrong. */
  get faults(): string {
    const faults = [...this.counts].filter(([key]) =>
      /^(broken_rules|wrong_answers|unanswered|refused)/.test(key),
    );
    return faults.length === 0 ? "none" : faults.map(([key, n]) => `${key}: ${n}`).join(", ");
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
