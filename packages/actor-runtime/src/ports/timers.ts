/** A timer. `cancel` is safe to repeat, and after it fired. */
export interface Timer {
  cancel(): void;
}

/** Timers. An error of a task ends the incarnation that set it. */
export interface Timers {
  /** After at least `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** The first time after one period. */
  every(periodMs: number, task: () => void): Timer;
  /** Runs `task` at the end of this turn, after the current input. */
  soon(task: () => void): void;
}
