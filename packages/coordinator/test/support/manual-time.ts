// Time that moves only when a test moves it: a clock and timers in one.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

interface Task {
  readonly run: () => void;
  readonly periodMs: number | undefined;
  dueMs: number;
}

/** A clock that starts at 1,000,000 ms and timers that go by it. */
export class ManualTime implements Clock, Timers {
  #nowMs = 1_000_000;
  readonly #tasks = new Set<Task>();
  #soon: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  /** Timers that have not fired and were not cancelled. */
  get pending(): number {
    return this.#tasks.size;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#plan({ run, periodMs: undefined, dueMs: this.#nowMs + delayMs });
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#plan({ run, periodMs, dueMs: this.#nowMs + periodMs });
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Ends the turn: runs what waits for its end, and what that asks for in turn. */
  endTurn(): void {
    for (let task = this.#soon.shift(); task !== undefined; task = this.#soon.shift()) task();
  }

  /** Moves time on; timers fire in the order in which they are due. */
  advance(byMs: number): void {
    const endMs = this.#nowMs + byMs;
    for (let task = this.#next(endMs); task !== undefined; task = this.#next(endMs)) {
      this.#fire(task);
    }
    this.#nowMs = endMs;
    this.endTurn();
  }

  /** The same, with promises settled before, after and between timers. */
  async pass(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs;
    await settle();
    for (let task = this.#next(endMs); task !== undefined; task = this.#next(endMs)) {
      this.#fire(task);
      await settle();
    }
    this.#nowMs = endMs;
    this.endTurn();
    await settle();
  }

  #plan(task: Task): Timer {
    this.#tasks.add(task);
    return { cancel: () => void this.#tasks.delete(task) };
  }

  #next(endMs: number): Task | undefined {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (task.dueMs <= endMs && (first === undefined || task.dueMs < first.dueMs)) first = task;
    }
    return first;
  }

  #fire(task: Task): void {
    this.#nowMs = Math.max(this.#nowMs, task.dueMs);
    if (task.periodMs === undefined) this.#tasks.delete(task);
    else task.dueMs += task.periodMs;
    task.run();
    this.endTurn();
  }
}

/** Lets every promise that can settle now do so: a turn of the event loop, no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
