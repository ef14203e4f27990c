// A clock and its timers, which move only when a test moves them.

import type { Clock, Timer, Timers } from "../../../src/index.ts";

interface Task {
  readonly run: () => void;
  readonly periodMs: number | undefined;
  dueMs: number;
}

/** Timers fire in the order in which they are due, then in which they were set. */
export class ManualTime implements Clock, Timers {
  #nowMs: number;
  #soon: (() => void)[] = [];
  readonly #tasks = new Set<Task>();

  constructor(startMs = 1_000_000) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return 1_700_000_000_000 + this.#nowMs;
  }

  utcOffsetMinutes(): number {
    return 0;
  }

  /** How far off the timers are that have not fired and were not cancelled, nearest first. */
  get delaysMs(): number[] {
    return Array.from(this.#tasks, ({ dueMs }) => dueMs - this.#nowMs).toSorted((a, b) => a - b);
  }

  /** Number of timers that have not fired and were not cancelled. */
  get pending(): number {
    return this.#tasks.size;
  }

  after(delayMs: number, run: () => void): Timer {
    return this.#plan({ run, periodMs: undefined, dueMs: this.#nowMs + delayMs });
  }

  every(periodMs: number, run: () => void): Timer {
    return this.#plan({ run, periodMs, dueMs: this.#nowMs + periodMs });
  }

  exactly(delayMs: number, task: (polledMs: number) => void): Timer {
    return this.after(delayMs, () => task(0));
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Runs the tasks of the end of this turn; tasks that they plan belong to the next. @returns Whether there were any. */
  endTurn(): boolean {
    const tasks = this.#soon.splice(0);
    for (const task of tasks) task();
    return tasks.length > 0;
  }

  /** Moves time to the next timer that is due by `untilMs` and fires it; without one, to `untilMs`. @returns Whether there was one. */
  step(untilMs = Infinity): boolean {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      if (task.dueMs <= untilMs && task.dueMs < (next?.dueMs ?? Infinity)) next = task;
    }
    if (next === undefined) {
      if (untilMs < Infinity) this.#nowMs = untilMs;
      return false;
    }
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    this.#tasks.delete(next);
    if (next.periodMs !== undefined) {
      next.dueMs += next.periodMs;
      this.#tasks.add(next);
    }
    next.run();
    return true;
  }

  /** Moves time on, turn by turn and timer by timer. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    while (this.endTurn() || this.step(untilMs));
  }

  /** Lets time pass; promises settle before, between and after. */
  async pass(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    do await settle();
    while (this.endTurn() || this.step(untilMs));
  }

  /** Moves time on while the process stands still: timers fire late, at the next step. */
  freeze(byMs: number): void {
    this.#nowMs += byMs;
  }

  #plan(task: Task): Timer {
    this.#tasks.add(task);
    return { cancel: () => void this.#tasks.delete(task) };
  }
}

/** Lets every promise that can settle do so: one turn of the real event loop. */
export function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
