import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";
import { eventLoopTurn } from "../io/system/event-loop-turn.ts";
import { EventQueue } from "./event-queue.ts";
import type { Event } from "./event-queue.ts";

/** The calendar date at virtual time 0: 2020-01-01T00:00:00Z. */
const startEpochMs = Date.UTC(2020, 0, 1);

/** Virtual time after which `settle` and `runUntil` call a run stuck. */
const defaultPatienceMs = 3_600_000;

/**
 * Virtual time: clock and timers of a simulated world. Planned events run one after the other, each until every promise
 * that
 * can settle has settled. Real time never enters: pass a promise that waits for something real (a module that loads) to
 * `hold`, or virtual time goes on without it.
 */
export class Scheduler {
  readonly clock: Clock = {
    nowMs: () => this.#nowMs,
    epochMs: () => this.#epochAtZeroMs + Math.floor(this.#nowMs),
  };
  readonly timers: Timers = {
    after: (delayMs, task) => this.after(delayMs, task),
    every: (periodMs, task) => this.every(periodMs, task),
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

  /** Plans `task`; its error rejects the run. Tasks of the same time run in the order of planning. */
  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#nowMs + delayMs, task);
  }

  /**
   * Plans `task` for a point in time; a past time means now. Needed where order counts: of two delays to the same time
   * the
   * later may end first, by rounding.
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

  /** Moves the calendar, by a negative number backwards. Monotonic time must not change. */
  setCalendar(byMs: number): void {
    this.#epochAtZeroMs += byMs;
  }

  /** Suspends all machines, like a closed lid: events of that time run late, in order. */
  suspend(forMs: number): void {
    this.#nowMs += forMs;
  }

  /** Stops virtual time until `promise`, which waits for something real, settles. */
  hold<Value>(promise: Promise<Value>): Promise<Value> {
    this.#held.add(promise);
    const release = (): void => void this.#held.delete(promise);
    promise.then(release, release);
    return promise;
  }

  /** Runs all events up to `untilMs`, which is then the time. */
  async run(untilMs: number): Promise<void> {
    await this.#runWhile(() => (this.#events.peek()?.timeMs ?? Infinity) <= untilMs);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /**
   * Runs until `condition`, checked after each event, is true.
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
      await this.#quiet();
      while (goesOn()) {
        this.#runNext();
        await this.#quiet();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #runNext(): void {
    const event = this.#events.take();
    const task = event?.task;
    if (event === undefined || task === undefined) return;
    event.task = undefined;
    this.#nowMs = Math.max(this.#nowMs, event.timeMs);
    task();
  }

  /** All microtasks and ticks run before a turn of the event loop ends. */
  async #quiet(): Promise<void> {
    await eventLoopTurn();
    while (this.#held.size > 0) {
      await Promise.allSettled(this.#held);
      await eventLoopTurn();
    }
  }
}
