// The measures of a run in one generator, window by window.

import type { Phase } from "../scenario/scenario.ts";
import { warmUpPhase } from "../scenario/warm-up.ts";
import { GroupMeasures, type RawHistogram, type SharedMeasures } from "./group-measures.ts";
import { HistogramPool } from "./histogram-pool.ts";
import type { GaugeName, NamedHistogram, Recorder, ThreadWindow } from "./measures.ts";
import { PhaseTimes } from "./phase-times.ts";

/** States of peers by group. */
type Gauges = Readonly<Record<string, Readonly<Record<GaugeName, number>>>>;

/** A window whose histograms are being encoded: an encoding takes the better part of a millisecond. */
export interface WindowCut {
  /** Encodes one histogram. @returns Whether others follow. */
  step(): boolean;
  /** After `step` has returned false. */
  finish(): ThreadWindow;
}

/** All measures of a run in one generator. */
export class RunMeasures {
  readonly phases: PhaseTimes;
  readonly #pool = new HistogramPool();
  readonly #groups = new Map<string, GroupMeasures>();
  readonly #byIndex: readonly GroupMeasures[];
  readonly #own: GroupMeasures;
  #startMs = 0;
  #seen: (clockMs: number) => void = () => {};

  /** @param nowMs The thread's clock. */
  constructor(phases: readonly Phase[], groups: readonly string[], nowMs: () => number) {
    this.phases = new PhaseTimes(phases);
    const warmUp = phases.findIndex(({ name }) => name === warmUpPhase);
    const shared: SharedMeasures = {
      pool: this.#pool,
      phaseAt: (clockMs) => this.phases.indexAt(clockMs - this.#startMs),
      phaseNow: () => this.phases.indexAt(nowMs() - this.#startMs),
      nowMs,
      warmUp: warmUp >= 0 && warmUp < phases.length - 1 ? warmUp : undefined,
      phaseName: (index) => this.phases.name(index),
      seen: (clockMs) => this.#seen(clockMs),
      late: (intendedMs, sentMs) => this.#own.sample("lateness", intendedMs, sentMs),
    };
    this.#own = new GroupMeasures("", shared);
    for (const name of groups) this.#groups.set(name, new GroupMeasures(name, shared));
    this.#byIndex = [...this.#groups.values()];
  }

  /**
   * @param startMs Start of the run, by the thread's clock.
   * @param seen Called with the time of each sample.
   */
  begin(startMs: number, seen: (clockMs: number) => void = () => {}): void {
    this.#startMs = startMs;
    this.#seen = seen;
  }

  /** @throws TypeError for a name that was not given. */
  recorder(group: string): Recorder {
    const measures = this.#groups.get(group);
    if (measures === undefined) throw new TypeError(`bug: no measures of group ${group}`);
    return measures;
  }

  /** A visit or an action of a group was due. @param index The group's place among the names. */
  planned(index: number, plannedMs: number): void {
    this.#byIndex[index]?.account("planned", plannedMs);
  }

  /** Counts a due action that is never sent, because the generator was too late for it. */
  missed(index: number, plannedMs: number): void {
    this.#byIndex[index]?.account("planned", plannedMs);
    this.#byIndex[index]?.account("not_sent_ours", plannedMs, "too late");
  }

  /** A peer of any group waits for its connection. */
  isConnecting(): boolean {
    return this.#groups.values().some(({ connecting }) => connecting > 0);
  }

  /** An answer that comes at a time is read at another one at the latest. */
  waited(cameMs: number, readMs: number): void {
    this.#own.sample("read_wait", cameMs, readMs);
  }

  /** The event loop looked for what is due, and did nothing else. */
  polled(polledMs: number): void {
    this.#own.count("polled_us", Math.round(1_000 * polledMs));
  }

  /** The states of all peers now. */
  gauges(): Gauges {
    return Object.fromEntries(Array.from(this.#groups, ([name, { gauges }]) => [name, gauges]));
  }

  /**
   * Ends the window.
   *
   * @param gauges States at its end.
   */
  cut(second: number, gauges: Gauges): WindowCut {
    const cuts = [this.#own, ...this.#groups.values()].map((group) => group.cut());
    const raw = cuts.flatMap(({ histograms }) => histograms);
    const histograms: NamedHistogram[] = [];
    return {
      step: () => {
        const next = raw.pop();
        if (next !== undefined) histograms.push(this.#encode(next));
        return raw.length > 0;
      },
      finish: () => ({ second, histograms, gauges, counts: cuts.flatMap(({ counts }) => counts) }),
    };
  }

  #encode({ histogram, ...names }: RawHistogram): NamedHistogram {
    const hdr = histogram.encode();
    this.#pool.give(histogram);
    return { ...names, hdr };
  }
}
