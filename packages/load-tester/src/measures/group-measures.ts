import type { HistogramPool } from "./histogram-pool.ts";
import type { LatencyHistogram } from "./latency-histogram.ts";
import {
  type AccountName,
  type CounterName,
  fromSending,
  type GaugeName,
  gaugeNames,
  type MeasureName,
  type NamedCount,
  type Recorder,
  requestEnds,
} from "./measures.ts";
import { Tally } from "./tally.ts";

const requestEndNames: ReadonlySet<AccountName> = new Set(requestEnds);

/** Parts that the groups of a generator share. */
export interface SharedMeasures {
  readonly pool: HistogramPool;
  /** Index of the phase at a time of the thread's clock. */
  readonly phaseAt: (clockMs: number) => number;
  readonly phaseName: (index: number) => string;
  /** Index of the phase now. */
  readonly phaseNow: () => number;
  /** The thread's clock. */
  readonly nowMs: () => number;
  /** Index of the warm-up, behind which another phase follows; undefined: the run has none. */
  readonly warmUp: number | undefined;
  /** A load has reported an event at this time. */
  readonly seen: (clockMs: number) => void;
  /** The generator's own lateness. */
  readonly late: (intendedMs: number, sentMs: number) => void;
}

/** A histogram of a window that is not encoded yet. */
export interface RawHistogram {
  readonly measure: MeasureName;
  readonly group: string;
  readonly phase: string;
  readonly histogram: LatencyHistogram;
}

/** The measures of one group in the window that is open. */
export class GroupMeasures implements Recorder {
  readonly #group: string;
  readonly #shared: SharedMeasures;
  /** By phase. */
  readonly #histograms = new Map<MeasureName, (LatencyHistogram | undefined)[]>();
  readonly #gauges = Object.fromEntries(gaugeNames.map((name) => [name, 0])) as Record<
    GaugeName,
    number
  >;
  /** Counts of the window, by phase. */
  readonly #tallies: (Tally | undefined)[] = [];
  /** Waiting times of the window, by phase: of all requests that were answered or not, and of those that were not. */
  readonly #waitedMs: number[] = [];
  readonly #waitedInVainMs: number[] = [];
  /** Requests of the warm-up without an end. They count in the warm-up only if they end in it. */
  #openInWarmUp = 0;

  /** @param group "" for the generator's own. */
  constructor(group: string, shared: SharedMeasures) {
    this.#group = group;
    this.#shared = shared;
  }

  /** The states of the group's peers now. */
  get gauges(): Readonly<Record<GaugeName, number>> {
    return { ...this.#gauges };
  }

  /** Peers of the group that dial now. */
  get connecting(): number {
    return this.#gauges.connecting;
  }

  sample(measure: MeasureName, beganMs: number, endedMs: number, sentMs?: number): void {
    const phase = this.#phaseOfSample(measure, beganMs, endedMs);
    this.#record(measure, phase, endedMs - beganMs);
    const uncorrected = sentMs === undefined ? undefined : fromSending[measure];
    if (sentMs !== undefined && uncorrected !== undefined)
      this.#record(uncorrected, phase, endedMs - sentMs);
    this.#shared.seen(endedMs);
  }

  count(counter: CounterName, by = 1, label = ""): void {
    this.#tally(this.#shared.phaseNow()).add(counter, by, label);
  }

  account(counter: AccountName, beganMs: number, label = ""): void {
    const phase = this.#shared.phaseAt(beganMs);
    if (counter === "answered" || counter === "unanswered") this.#waited(counter, phase, beganMs);
    const isOfRequest = counter === "requests" || requestEndNames.has(counter);
    if (phase === this.#shared.warmUp && isOfRequest) this.#accountInWarmUp(counter, phase, label);
    else this.#tally(phase).add(counter, 1, label);
  }

  acted(intendedMs: number, nowMs: number): void {
    this.#shared.late(intendedMs, nowMs);
  }

  moved(from: GaugeName | undefined, to: GaugeName): void {
    if (from !== undefined) this.#gauges[from] -= 1;
    this.#gauges[to] += 1;
  }

  /** Ends the window: its counters, and its histograms, which the caller gives back to the pool. */
  cut(): { readonly counts: readonly NamedCount[]; readonly histograms: readonly RawHistogram[] } {
    const { warmUp } = this.#shared;
    if (warmUp !== undefined && this.#shared.phaseNow() > warmUp) this.#leaveWarmUp(warmUp);
    this.#tallyWaits("waited_us", this.#waitedMs);
    this.#tallyWaits("waited_in_vain_us", this.#waitedInVainMs);
    const counts = this.#tallies.flatMap((tally) => tally?.counts(this.#group) ?? []);
    this.#tallies.length = 0;
    const histograms = [...this.#histograms].flatMap(([measure, phases]) =>
      phases.flatMap((histogram, index) =>
        histogram === undefined ? [] : [this.#raw(measure, index, histogram)],
      ),
    );
    this.#histograms.clear();
    return { counts, histograms };
  }

  /** A request that is open at the end of the warm-up counts in the next phase: the target may have died. */
  #accountInWarmUp(counter: AccountName, warmUp: number, label: string): void {
    if (this.#shared.phaseNow() > warmUp) {
      this.#leaveWarmUp(warmUp);
      this.#tally(warmUp + 1).add(counter, 1, label);
    } else if (counter === "requests") {
      this.#openInWarmUp += 1;
    } else {
      this.#openInWarmUp -= 1;
      this.#tally(warmUp).add("requests", 1, "");
      this.#tally(warmUp).add(counter, 1, label);
    }
  }

  #waited(end: "answered" | "unanswered", begun: number, beganMs: number): void {
    const phase = this.#endsAfterWarmUp(begun) ? begun + 1 : begun;
    const waitedMs = this.#shared.nowMs() - beganMs;
    this.#waitedMs[phase] = (this.#waitedMs[phase] ?? 0) + waitedMs;
    if (end === "unanswered")
      this.#waitedInVainMs[phase] = (this.#waitedInVainMs[phase] ?? 0) + waitedMs;
  }

  #endsAfterWarmUp(phase: number): boolean {
    return phase === this.#shared.warmUp && this.#shared.phaseNow() > phase;
  }

  #leaveWarmUp(warmUp: number): void {
    if (this.#openInWarmUp === 0) return;
    this.#tally(warmUp + 1).add("requests", this.#openInWarmUp, "");
    this.#openInWarmUp = 0;
  }

  #tallyWaits(counter: "waited_us" | "waited_in_vain_us", byPhase: number[]): void {
    byPhase.forEach((waitedMs, phase) => {
      this.#tally(phase).add(counter, Math.round(1_000 * waitedMs), "");
    });
    byPhase.length = 0;
  }

  #phaseOfSample(measure: MeasureName, beganMs: number, endedMs: number): number {
    const phase = this.#shared.phaseAt(beganMs);
    if (phase !== this.#shared.warmUp || fromSending[measure] === undefined) return phase;
    return this.#shared.phaseAt(endedMs) > phase ? phase + 1 : phase;
  }

  #raw(measure: MeasureName, phase: number, histogram: LatencyHistogram): RawHistogram {
    return { measure, group: this.#group, phase: this.#shared.phaseName(phase), histogram };
  }

  #record(measure: MeasureName, phase: number, latencyMs: number): void {
    let phases = this.#histograms.get(measure);
    if (phases === undefined) this.#histograms.set(measure, (phases = []));
    const histogram = (phases[phase] ??= this.#shared.pool.take());
    histogram.record(1_000 * latencyMs);
  }

  #tally(phase: number): Tally {
    return (this.#tallies[phase] ??= new Tally(this.#shared.phaseName(phase)));
  }
}
