import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";

/** Milliseconds between two checks; threads beat as often. */
export const beatMs = 250;
/** Milliseconds without a beat after which a thread is hung. */
export const silentMs = 2_000;
/** A check this late shows a stop of this thread, no evidence against others. */
const ownDelayMs = 500;

interface Watched {
  readonly beats: () => number | undefined;
  readonly hung: (silentMs: number) => void;
  lastBeats: number | undefined;
  changedMs: number;
}

/** Tells hung threads from busy threads by counters in shared memory. Its timer runs only while it watches. */
export class HeartbeatMonitor {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #watched = new Set<Watched>();
  #ticks: Timer | undefined;
  #lastTickMs = 0;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /**
   * Calls `hung` once, when `beats` has not changed for 2 s watched without a gap.
   * @returns Ends the watch.
   */
  watch(beats: () => number | undefined, hung: (silentMs: number) => void): () => void {
    const nowMs = this.#clock.nowMs();
    const watched: Watched = { beats, hung, lastBeats: beats(), changedMs: nowMs };
    if (this.#ticks === undefined) {
      this.#lastTickMs = nowMs;
      this.#ticks = this.#timers.every(beatMs, () => this.#tick());
    }
    this.#watched.add(watched);
    return () => this.#unwatch(watched);
  }

  #unwatch(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0) return;
    this.#ticks?.cancel();
    this.#ticks = undefined;
  }

  #tick(): void {
    const nowMs = this.#clock.nowMs();
    const isLate = nowMs - this.#lastTickMs > beatMs + ownDelayMs;
    this.#lastTickMs = nowMs;
    for (const watched of [...this.#watched]) {
      const beats = watched.beats();
      if (isLate || beats !== watched.lastBeats) {
        watched.lastBeats = beats;
        watched.changedMs = nowMs;
      } else if (nowMs - watched.changedMs >= silentMs) {
        this.#unwatch(watched);
        watched.hung(nowMs - watched.changedMs);
      }
    }
  }
}
