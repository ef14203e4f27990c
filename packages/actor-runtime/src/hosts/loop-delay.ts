import { createHistogram } from "node:perf_hooks";
import type { Clock } from "../ports/clock.ts";
import type { Timers } from "../ports/timers.ts";
import { beatMs } from "../supervision/heartbeat-monitor.ts";

/** Time between two probes of a busy event loop. */
const probeMs = 50;
/** Share of a beat that an event loop works above which it is busy. */
const busyShare = 0.02;

/** Delays in milliseconds; 0 before the first probe. */
interface LoopDelays {
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * Measures how late the event loop of a thread is: every 50 ms while the thread works, else by the beats of the thread
 * alone. The probes of an idle thread would wake it more often than all other work.
 */
export class LoopDelay {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #timers: Pick<Timers, "after">;
  readonly #workShare: () => number;
  readonly #histogram = createHistogram();
  #beatAtMs: number;

  /** @param workShare The share of the time since its last call that the event loop worked, 0 to 1. */
  constructor(clock: Pick<Clock, "nowMs">, timers: Pick<Timers, "after">, workShare: () => number) {
    this.#clock = clock;
    this.#timers = timers;
    this.#workShare = workShare;
    this.#beatAtMs = clock.nowMs();
  }

  get delays(): LoopDelays {
    const { max } = this.#histogram;
    return { p99: this.#percentile(99), p999: this.#percentile(99.9), max: max / 1e6 };
  }

  /** The thread beats: `beatMs` after the last beat, or later. */
  beat(): void {
    const nowMs = this.#clock.nowMs();
    this.#record(nowMs - this.#beatAtMs - beatMs);
    this.#beatAtMs = nowMs;
    if (this.#workShare() > busyShare) this.#probe(beatMs / probeMs - 1);
  }

  /** @param count Probes until the next beat. */
  #probe(count: number): void {
    const sinceMs = this.#clock.nowMs();
    this.#timers.after(probeMs, () => {
      this.#record(this.#clock.nowMs() - sinceMs - probeMs);
      if (count > 1) this.#probe(count - 1);
    });
  }

  #percentile(percent: number): number {
    return this.#histogram.count === 0 ? 0 : this.#histogram.percentile(percent) / 1e6;
  }

  /** A histogram holds nanoseconds, 1 or more. */
  #record(lateMs: number): void {
    this.#histogram.record(Math.max(1, Math.round(lateMs * 1e6)));
  }
}
