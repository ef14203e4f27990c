// A clock and timers that the test moves.

import type { Clock, Timer, Timers } from "@troupe/actor-runtime";

interface Due {
  atMs: number;
  readonly periodMs: number | undefined;
  readonly task: () => void;
  isCancelled: boolean;
}

/** Time that stands until it is moved. */
export class ManualTime implements Clock, Timers {
  #nowMs = 1_000;
  #due: Due[] = [];
  #soon: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return 1_800_000_000_000 + this.#nowMs;
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#add({
      atMs: this.#nowMs + delayMs,
      periodMs: undefined,
      task,
      isCancelled: false,
    });
  }

  every(periodMs: number, task: () => void): Timer {
    return this.#add({ atMs: this.#nowMs + periodMs, periodMs, task, isCancelled: false });
  }

  soon(task: () => void): void {
    this.#soon.push(task);
  }

  /** Runs what waits for the end of the turn. @returns Whether there was anything. */
  endTurn(): boolean {
    const soon = this.#soon;
    this.#soon = [];
    for (const task of soon) task();
    return soon.length > 0;
  }

  /** Moves time on to the next timer that is due by `untilMs`, and runs it. @returns Whether there was one. */
  step(untilMs: number): boolean {
    this.#due = this.#due.filter((due) => !due.isCancelled);
    const next = this.#due.reduce<Due | undefined>(
      (first, due) => (first === undefined || due.atMs < first.atMs ? due : first),
      undefined,
    );
    if (next === undefined || next.atMs > untilMs) {
      this.#nowMs = untilMs;
      return false;
    }
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    if (next.periodMs === undefined) next.isCancelled = true;
    else next.atMs += next.periodMs;
    next.task();
    return true;
  }

  #add(due: Due): Timer {
    this.#due.push(due);
    return {
      cancel: () => {
        due.isCancelled = true;
      },
    };
  }
}
