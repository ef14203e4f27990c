// How long answers wait in the sockets of a generator: for the present turn of the event loop, or for a core.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

/** A timer that costs less than a hundredth of a core. */
const beatMs = 2;
/** A longer stall counts as one of this length, so that its samples are few. */
const longestStallMs = 60_000;

/** Parts of a watch. */
interface ReadWatchParts {
  readonly clock: Pick<Clock, "nowMs">;
  readonly timers: Pick<Timers, "every">;
  /** A connection or an answer may come now. Without it nothing waits, and nothing is reported. */
  readonly awaitsAnswer: () => boolean;
  /** An answer that came at the first time was read at the second one at the latest. */
  readonly waited: (cameMs: number, readMs: number) => void;
}

/**
 * Tells for each millisecond in which an answer may come how long the answer would wait for its reading. A turn of the event loop that
 * lasts, and a thread that gets no core, both keep the timer waiting as they keep sockets waiting. Each millisecond counts
 * the same, however many turns it has: a stall of 300 ms is 300 samples, not one turn of thousands.
 */
export class ReadWatch {
  readonly #parts: ReadWatchParts;
  #timer: Timer | undefined;
  #lastMs = Infinity;

  constructor(parts: ReadWatchParts) {
    this.#parts = parts;
  }

  /** @param startMs Earlier milliseconds are not reported. */
  begin(startMs: number): void {
    this.#lastMs = startMs;
    this.#timer = this.#parts.timers.every(beatMs, () => this.#beat());
  }

  /** Tells of the time until now. */
  end(): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#timer = undefined;
    this.#beat();
  }

  #beat(): void {
    const { awaitsAnswer, clock, waited } = this.#parts;
    const nowMs = clock.nowMs();
    const sinceMs = Math.max(this.#lastMs, nowMs - longestStallMs);
    if (nowMs < this.#lastMs) return;
    this.#lastMs = nowMs;
    // Sockets are read after timers: what has come in a stall still counts as awaited.
    if (!awaitsAnswer()) return;
    const dueMs = Math.min(sinceMs + beatMs, nowMs);
    for (let atMs = sinceMs + 1; atMs <= nowMs; atMs += 1) {
      waited(atMs, atMs + nowMs - Math.max(atMs, dueMs));
    }
  }
}
