import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";
import { eventLoopSteps } from "../io/system/event-loop-steps.ts";
import { eventLoopTurn } from "../io/system/event-loop-turn.ts";
import { EventQueue, type Event } from "../event-queue.ts";

/** 2020-01-01T00:00:00Z. */
const startEpochMs = Date.UTC(2020, 0, 1);

/** After this virtual time `settle` and `runUntil` call a run stuck. */
const defaultPatienceMs = 3_600_000;

/**
 * Virtual time: clock and timers of a simulated world. Each event runs until every promise that can settle has settled.
 * Real time never enters: pass a promise that waits for something real (a module that loads) to `hold`.
 */
export class Scheduler {
  readonly clock: Clock = {
    nowMs: () => this.#nowMs,
    epochMs: () => this.#epochAtZeroMs + Math.floor(this.#nowMs),
    utcOffsetMinutes: () => 0,
  };
  readonly timers: Timers = {
    after: (delayMs, task) => this.after(delayMs, task),
    every: (periodMs, task) => this.every(periodMs, task),
    exactly: (delayMs, task) => this.after(delayMs, () => task(0)),
    soon: (task) => void this.after(0, task),
  };
  readonly #events = new EventQueue();
  readonly #held = new Set<Promise<unknown>>();
  #nowMs = 0;
  #epochAtZeroMs = startEpochMs;
  #sequence = 0;
  #isRunning = false;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** An error of `task` rejects the run. Tasks of the same time keep their order. */
  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#nowMs + delayMs, task);
  }

  /**
   * For a point in time; a past time means now. Keeps the order: of two delays to the same time the later may end
   * first, by rounding.
   */
  at(timeMs: number, task: () => void): Timer {
    const event: Event = {
      timeMs: Math.max(timeMs, this.#nowMs),
      sequence: this.#sequence++,
      task,
    };
    this.#events.add(event);
    return {
      cancel() {
        event.task = undefined;
      },
    };
  }

  every(periodMs: number, task: () => void): Timer {
    const again = (): void => {
      timer = this.after(Math.max(periodMs, 1), again);
      task();
    };
    let timer = this.after(Math.max(periodMs, 1), again);
    return { cancel: () => timer.cancel() };
  }

  /** Negative: backwards. Monotonic time does not change. */
  setCalendar(byMs: number): void {
    this.#epochAtZeroMs += byMs;
  }

  /** Like a closed lid: events of that time run late, in order. */
  suspend(forMs: number): void {
    this.#nowMs += forMs;
  }

  /** Stops virtual time until `promise` settles. */
  hold<Value>(promise: Promise<Value>): Promise<Value> {
    this.#held.add(promise);
    const release = (): void => void this.#held.delete(promise);
    promise.then(release, release);
    return promise;
  }

  /** Up to `untilMs`, which is then the time. */
  async run(untilMs: number): Promise<void> {
    await this.#runWhile(() => (this.#events.peek()?.timeMs ?? Infinity) <= untilMs);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /**
   * Checks `condition` after each event.
   * @throws after `withinMs` (default one hour), or without further events.
   */
  async runUntil(condition: () => boolean, withinMs: number = defaultPatienceMs): Promise<void> {
    const lastMs = this.#nowMs + withinMs;
    await this.#runWhile(() => {
      if (condition()) return false;
      const next = this.#events.peek();
      if (next !== undefined && next.timeMs <= lastMs) return true;
      const why = next === undefined ? "nothing is left to happen" : "virtual time is up";
      throw new Error(`what the run waits for has not come by ${this.#nowMs} ms: ${why}`);
    });
  }

  /** Runs until `promise` settles, and settles like it. Throws as `runUntil`. */
  async settle<Value>(promise: Promise<Value>, withinMs?: number): Promise<Value> {
    let isSettled = false;
    const note = (): void => {
      isSettled = true;
    };
    promise.then(note, note);
    await this.runUntil(() => isSettled, withinMs);
    return promise;
  }

  async #runWhile(goesOn: () => boolean): Promise<void> {
    if (this.#isRunning) throw new Error("bug: a run within a run");
    this.#isRunning = true;
    try {
      while (await this.#runUnheld(goesOn)) await this.#untilReleased();
    } finally {
      this.#isRunning = false;
    }
  }

  /**
   * Runs events until a promise is held, or `goesOn` is false.
   *
   * @returns Whether promises are held: the run continues after them.
   */
  async #runUnheld(goesOn: () => boolean): Promise<boolean> {
    await eventLoopSteps(() => {
      if (this.#held.size > 0 || !goesOn()) return false;
      this.#runNext();
      return true;
    });
    return this.#held.size > 0;
  }

  #runNext(): void {
    const event = this.#events.take();
    const task = event?.task;
    if (event === undefined || task === undefined) return;
    event.task = undefined;
    this.#nowMs = Math.max(this.#nowMs, event.timeMs);
    task();
  }

  async #untilReleased(): Promise<void> {
    while (this.#held.size > 0) {
      await Promise.allSettled(this.#held);
      await eventLoopTurn();
    }
  }
}
