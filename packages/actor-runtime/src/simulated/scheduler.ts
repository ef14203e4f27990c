// Virtual time. Nothing happens but what was planned here, one thing after the other.

import type { Clock } from "../ports/clock.ts";
import type { Timer, Timers } from "../ports/timers.ts";
import { eventLoopTurn } from "../io/system/event-loop-turn.ts";
import { EventQueue } from "./event-queue.ts";
import type { Event } from "./event-queue.ts";

/** The calendar date at virtual time 0: 2020-01-01T00:00:00Z. */
const startEpochMs = Date.UTC(2020, 0, 1);

/** Virtual time that `settle` and `runUntil` give a run before they call it stuck. */
const defaultPatienceMs = 3_600_000;

/**
 * The clock and the timers of a simulated world.
 *
 * Between two events every promise that can settle does: an event has the event loop to itself until nothing is left to
 * run. Real time never enters. A promise that waits for something real (a module that is loaded) has to be given to
 * `hold`, or the world would go on without it.
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

  /** Plans `task`; what it throws rejects the run. Tasks of one time run in the order in which they were planned. */
  after(delayMs: number, task: () => void): Timer {
    return this.at(this.#nowMs + delayMs, task);
  }

  /**
   * The same for a point in time; one that has passed is now. What has to keep its order is planned so: of two delays
   * that lead to one time the later one may end first, by a rounding error.
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

  /** The calendar is set: forwards, or backwards with a negative number. Nothing that measures time may notice. */
  setCalendar(byMs: number): void {
    this.#epochAtZeroMs += byMs;
  }

  /** All machines stand still for so long, as when a lid is closed: what was planned for that time comes late, in order. */
  suspend(forMs: number): void {
    this.#nowMs += forMs;
  }

  /** Stops virtual time until `promise`, which waits for something real, has settled. */
  hold<Value>(promise: Promise<Value>): Promise<Value> {
    this.#held.add(promise);
    const release = (): void => void this.#held.delete(promise);
    promise.then(release, release);
    return promise;
  }

  /** Runs everything that is planned up to `untilMs`, which is then the time. */
  async run(untilMs: number): Promise<void> {
    await this.#runWhile(() => (this.#events.peek()?.timeMs ?? Infinity) <= untilMs);
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /**
   * Runs until `condition`, which is looked at after each event.
   * @throws when it does not come true within `withinMs` (one hour), or nothing is left to happen.
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

  /** Runs until `promise` has settled, and is settled as it is. Throws as `runUntil` does. */
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

  /** Lets every promise settle that can: microtasks and ticks all run before a turn of the event loop ends. */
  async #quiet(): Promise<void> {
    await eventLoopTurn();
    while (this.#held.size > 0) {
      await Promise.allSettled(this.#held);
      await eventLoopTurn();
    }
  }
}
