import type {
  PeerAccount,
  PeerCounter,
  PeerMeasure,
  PeerRecorder,
  PeerState,
} from "../../src/peer-recorder.ts";

/** A recorder that keeps everything in lists. */
export class Recorded implements PeerRecorder {
  readonly samples = new Map<PeerMeasure, number[]>();
  /** From the real sending, of open loads. */
  readonly fromSending: number[] = [];
  /** By counter, and by counter and label. */
  readonly counts = new Map<string, number>();
  readonly acts: { readonly intendedMs: number; readonly sentMs: number }[] = [];
  readonly states = new Map<PeerState, number>();

  sample(measure: PeerMeasure, beganMs: number, endedMs: number, sentMs?: number): void {
    if (sentMs !== undefined) this.fromSending.push(endedMs - sentMs);
    const list = this.samples.get(measure) ?? [];
    list.push(endedMs - beganMs);
    this.samples.set(measure, list);
  }

  count(counter: PeerCounter, by = 1, label = ""): void {
    this.#add(counter, by);
    if (label !== "") this.#add(`${counter}: ${label}`, by);
  }

  account(counter: PeerAccount, _beganMs: number, label = ""): void {
    this.#add(counter, 1);
    if (label !== "") this.#add(`${counter}: ${label}`, 1);
  }

  acted(intendedMs: number, sentMs: number): void {
    this.acts.push({ intendedMs, sentMs });
  }

  moved(from: PeerState | undefined, to: PeerState): void {
    if (from !== undefined) this.states.set(from, (this.states.get(from) ?? 0) - 1);
    this.states.set(to, (this.states.get(to) ?? 0) + 1);
  }

  /** The counters of requests, in the order of their sum. */
  get requests(): number[] {
    const ends = ["answered", "answered_wrong", "requests_refused", "abandoned", "unanswered"];
    return ["requests", ...ends].map((counter) => this.of(counter));
  }

  of(counter: string): number {
    return this.counts.get(counter) ?? 0;
  }

  latencies(measure: PeerMeasure): readonly number[] {
    return this.samples.get(measure) ?? [];
  }

  /** States with peers. */
  get now(): Record<string, number> {
    return Object.fromEntries([...this.states].filter(([, count]) => count !== 0));
  }

  /** Labels of a counter. */
  labels(counter: PeerCounter | PeerAccount): string[] {
    const start = `${counter}: `;
    return [...this.counts.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
  }

  #add(key: string, by: number): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
}
