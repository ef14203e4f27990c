// Generators without load: each thread counts blocks second by second, as a generator's windows would. For tests of agents.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";
import type {
  GeneratorEvents,
  GeneratorRun,
  Generators,
  PeersByGroup,
} from "../../../packages/load-tester/src/generator/generators.ts";
import type { Window } from "../../../packages/load-tester/src/measures/measures.ts";
import type { GeneratorFacts } from "../../../packages/load-tester/src/results/result.ts";

/** Value of the counter `blocks` in a window: tells threads and seconds apart. */
export function scriptedCount(share: number, second: number): number {
  return 1_000 * (share + 1) + second;
}

/** Generators whose windows are known beforehand. */
export class ScriptedGenerators implements Generators {
  /** Every window that was told to the owner. */
  readonly windows: Window[] = [];
  run: GeneratorRun | undefined;
  begunAtEpochMs: number | undefined;
  /** By the clock of this machine, at the first moment of the load. */
  startedAtEpochMs: number | undefined;
  readonly unheard: Generators["unheard"] = new Map();
  isEnded = false;
  isClosed = false;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #events: GeneratorEvents;
  #timer: Timer | undefined;
  #second = 0;

  constructor(clock: Clock, timers: Timers, events: GeneratorEvents) {
    this.#clock = clock;
    this.#timers = timers;
    this.#events = events;
  }

  get facts(): readonly GeneratorFacts[] {
    return Array.from({ length: this.#count }, (_, index) => ({
      name: `thread-${index}`,
      threads: 1,
      peers: 10,
      lostAt: undefined,
    }));
  }

  get #count(): number {
    return this.run?.shares?.count ?? 1;
  }

  async prepare(run: GeneratorRun): Promise<void> {
    this.run = run;
  }

  begin(atEpochMs: number): void {
    this.begunAtEpochMs = atEpochMs;
    this.#timer = this.#timers.after(atEpochMs - this.#clock.epochMs(), () => {
      this.startedAtEpochMs = this.#clock.epochMs();
      this.#timer = this.#timers.every(1_000, () => this.#tellWindows());
    });
  }

  /** A thread crashes. Its windows go on, which is no matter to its owner. */
  loseThread(thread: number, peers: PeersByGroup, reason: string): void {
    this.#events.lost(`thread-${thread}`, peers, reason);
  }

  /** The last second is told too, as generators do. */
  async end(): Promise<void> {
    if (this.isEnded) return;
    this.isEnded = true;
    this.#timer?.cancel();
    if (this.startedAtEpochMs !== undefined) this.#tellWindows();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    this.isClosed = true;
  }

  #tellWindows(): void {
    const first = this.run?.shares?.first ?? 0;
    for (let thread = 0; thread < this.#count; thread++) {
      const window = scriptedWindow(first + thread, this.#second);
      this.windows.push(window);
      this.#events.window(`thread-${thread}`, window);
    }
    this.#second += 1;
  }
}

function scriptedWindow(share: number, second: number): Window {
  const value = scriptedCount(share, second);
  return {
    second,
    histograms: [],
    counts: [{ counter: "blocks", group: "leech", phase: "steady", label: "", value }],
    gauges: {
      leech: { waiting: 0, connecting: 1, open: 2, unchoked: 3, complete: 4, gone: 5 },
    },
    own: { cpuMs: 1, rssBytes: 1, descriptors: 1 },
  };
}
