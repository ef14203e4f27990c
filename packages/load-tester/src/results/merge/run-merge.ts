// The windows of all generators of a run become its seconds and its totals.

import { LatencyHistogram } from "../../measures/latency-histogram.ts";
import type { Window } from "../../measures/measures.ts";
import type { ProcessUse, Second } from "../result.ts";
import { OwnUses } from "./own-uses.ts";
import { RunTotals } from "./run-totals.ts";
import { SecondOfWindows } from "./second-of-windows.ts";

/** Wait for the windows of slower generators, after the first window of a second. */
const lateMs = 3_000;
/** Windows are kept for so long, for seconds that get another window. Generators hold back at most 60. */
const keptSeconds = 70;
/** A run of a week. */
const mostSeconds = 7 * 86_400;

/** Parts of a merge. */
interface MergeOptions {
  /** Names of the generators; a second is whole when each has reported it. */
  readonly generators: readonly string[];
  /** Planned seconds: an agent's window of a later second is refused, for each second before it would be reported. */
  readonly seconds?: number;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  /** A second is whole only with the use of the local targets, too. */
  readonly awaitsUse?: boolean;
  /** Each second once, in order, as soon as it is whole or late. */
  readonly onSecond?: (second: Second) => void;
}

interface OpenSecond {
  readonly windows: Window[];
  readonly tellers: Set<string>;
  readonly firstMs: number;
  /** Until the second is reported. */
  sums: SecondOfWindows;
  targets: Readonly<Record<string, ProcessUse>> | undefined;
}

/**
 * Merges windows in any order; the caller gives each once. No window is lost: one that comes after its second was
 * reported changes the second in `seconds`, and the totals.
 */
export class RunMerge {
  readonly totals: RunTotals = new RunTotals();
  readonly #options: MergeOptions;
  readonly #awaited: Set<string>;
  readonly #open = new Map<number, OpenSecond>();
  readonly #seconds: Second[] = [];
  readonly #own = new OwnUses();

  constructor(options: MergeOptions) {
    this.#options = options;
    this.#awaited = new Set(options.generators);
  }

  /** Seconds reported so far, from second 0. */
  get seconds(): readonly Second[] {
    return this.#seconds;
  }

  /**
   * A window after the planned seconds is that of the drain, and counts in the totals alone.
   *
   * @returns Whether the window counts.
   * @throws TroupeError `histogram-malformed`; then nothing of the window counts.
   */
  take(generator: string, window: Window): boolean {
    const { second } = window;
    const isOfDrain = second === this.#options.seconds;
    if (!this.#isOfRun(second) && !isOfDrain) return false;
    const histograms = histogramsOf(window);
    for (const [index, name] of window.histograms.entries()) {
      const histogram = histograms[index];
      if (histogram !== undefined) this.totals.addHistogram(name, histogram);
    }
    for (const count of window.counts) this.totals.addCount(count);
    if (isOfDrain || second < this.#seconds.length - keptSeconds) return true;
    this.#own.add(generator, second, window.own);
    const open = this.#openSecond(second);
    open.windows.push(window);
    open.tellers.add(generator);
    open.sums.add(window, histograms);
    if (second < this.#seconds.length) this.#retell(second, open);
    else this.#tellDue();
    return true;
  }

  /** The use of the local targets in a second, by name. */
  takeUse(second: number, targets: Readonly<Record<string, ProcessUse>>): void {
    if (!this.#isOfRun(second)) return;
    const reported = this.#seconds[second];
    if (reported !== undefined) this.#seconds[second] = { ...reported, targets };
    const open = reported === undefined ? this.#openSecond(second) : this.#open.get(second);
    if (open !== undefined) open.targets = targets;
    this.#tellDue();
  }

  /** A generator died: no second waits for it any longer. */
  lose(generator: string): void {
    this.#awaited.delete(generator);
    this.#tellDue();
  }

  /** Tells of seconds that have waited too long. Call it about once a second. */
  tick(): void {
    this.#tellDue();
  }

  /** Tells of all seconds that are left. */
  end(): void {
    const last = Math.max(-1, ...this.#open.keys());
    while (this.#seconds.length <= last) this.#tell(this.#seconds.length);
  }

  #isOfRun(second: number): boolean {
    const { seconds = mostSeconds } = this.#options;
    return Number.isInteger(second) && second >= 0 && second < seconds;
  }

  #openSecond(second: number): OpenSecond {
    let open = this.#open.get(second);
    if (open === undefined) {
      const firstMs = this.#options.nowMs();
      const sums = new SecondOfWindows();
      open = { windows: [], tellers: new Set(), firstMs, sums, targets: undefined };
      this.#open.set(second, open);
    }
    return open;
  }

  #tellDue(): void {
    while (this.#isDue(this.#seconds.length)) this.#tell(this.#seconds.length);
  }

  /** Whole, or late. A second without windows is late when a later one is. */
  #isDue(second: number): boolean {
    const open = this.#open.get(second);
    if (open !== undefined && this.#isWhole(open)) return true;
    const lateSince = this.#options.nowMs() - lateMs;
    for (const [known, { firstMs, windows }] of this.#open) {
      if (known >= second && windows.length > 0 && firstMs <= lateSince) return true;
    }
    return false;
  }

  #isWhole({ windows, tellers, targets }: OpenSecond): boolean {
    if (windows.length === 0) return false;
    if (this.#options.awaitsUse === true && targets === undefined) return false;
    return [...this.#awaited].every((name) => tellers.has(name));
  }

  #tell(second: number): void {
    const open = this.#open.get(second);
    const reported = this.#secondOf(second, open);
    this.#seconds.push(reported);
    this.#open.delete(second - keptSeconds);
    this.#own.forgetBefore(second - keptSeconds);
    this.#options.onSecond?.(reported);
  }

  #retell(second: number, open: OpenSecond): void {
    open.sums = new SecondOfWindows();
    for (const window of open.windows) open.sums.add(window, histogramsOf(window));
    this.#seconds[second] = this.#secondOf(second, open);
    const next = this.#seconds[second + 1];
    if (next !== undefined) this.#seconds[second + 1] = { ...next, own: this.#own.at(second + 1) };
  }

  #secondOf(second: number, open: OpenSecond | undefined): Second {
    const use = { targets: open?.targets ?? {}, own: this.#own.at(second) };
    const reported = (open?.sums ?? new SecondOfWindows()).second(second, use);
    // Histograms take memory, windows are encoded.
    if (open !== undefined) open.sums = new SecondOfWindows();
    return reported;
  }
}

function histogramsOf({ histograms }: Window): LatencyHistogram[] {
  return histograms.map(({ hdr }) => LatencyHistogram.decode(hdr));
}
