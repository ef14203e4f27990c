import type { ThreadTime } from "../io/system/thread-time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";

/** Milliseconds between two checks; threads beat as often. */
export const beatMs = 250;
/** Milliseconds without a beat after which a thread is hung; those in which it waited for a core do not count. */
export const silentMs = 2_000;
/** Milliseconds without a beat after which a thread is hung, with or without a core. */
export const longestSilenceMs = 30_000;
/** A check this late shows a stop of this thread, no evidence against others. */
const ownDelayMs = 500;

/** Signs of life of a thread. */
export interface Pulse {
  /** Changes as long as the thread is healthy. */
  readonly beats: () => number | undefined;
  /** Undefined where the system does not tell it. */
  readonly time: () => ThreadTime | undefined;
}

/** A silence that was too long, in milliseconds. */
export interface Silence {
  readonly seenMs: number;
  /** Part of `seenMs` in which other threads had the cores. */
  readonly waitedMs: number;
}

interface SilenceSoFar {
  lastBeats: number | undefined;
  changedMs: number;
  /** The sum of `waitOf` in this silence; it may be below 0. */
  waitedMs: number;
  /** Processor time of the thread at the last check, in a silence. */
  usedMs: number | undefined;
}

interface Watched extends SilenceSoFar {
  readonly pulse: Pulse;
  readonly hung: (silence: Silence) => void;
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
   * Calls `hung` once, when `beats` has not changed for 2 s watched without a gap. On a machine with too few cores a
   * thread may stay ready for seconds: that time does not count, up to 30 s.
   * @returns Ends the watch.
   */
  watch(pulse: Pulse, hung: (silence: Silence) => void): () => void {
    const nowMs = this.#clock.nowMs();
    const watched: Watched = { pulse, hung, ...noSilence(pulse.beats(), nowMs) };
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
    const passedMs = nowMs - this.#lastTickMs;
    const isLate = passedMs > beatMs + ownDelayMs;
    this.#lastTickMs = nowMs;
    for (const watched of [...this.#watched]) {
      const beats = watched.pulse.beats();
      if (isLate || beats !== watched.lastBeats) Object.assign(watched, noSilence(beats, nowMs));
      else this.#lookAtSilent(watched, nowMs, passedMs);
    }
  }

  #lookAtSilent(watched: Watched, nowMs: number, passedMs: number): void {
    const time = watched.pulse.time();
    watched.waitedMs += waitOf(time, watched.usedMs, passedMs);
    watched.usedMs = time?.usedMs;
    const seenMs = nowMs - watched.changedMs;
    const waitedMs = Math.max(0, watched.waitedMs);
    if (seenMs - waitedMs < silentMs && seenMs < longestSilenceMs) return;
    this.#unwatch(watched);
    watched.hung({ seenMs, waitedMs });
  }
}

function noSilence(lastBeats: number | undefined, changedMs: number): SilenceSoFar {
  return { lastBeats, changedMs, waitedMs: 0, usedMs: undefined };
}

/**
 * A ready thread waits for the time that exceeds twice its processor time, so that an endless loop with half a core does
 * not wait.
 * @param usedBeforeMs Processor time at the last check, `passedMs` ago. Undefined: the thread beat then.
 */
function waitOf(
  time: ThreadTime | undefined,
  usedBeforeMs: number | undefined,
  passedMs: number,
): number {
  if (time === undefined || usedBeforeMs === undefined || !time.isReady) return 0;
  return passedMs - 2 * (time.usedMs - usedBeforeMs);
}
