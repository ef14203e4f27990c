/** `cancel` is safe to repeat, and after it fired. */
export interface Timer {
  cancel(): void;
}

/** An error of a task ends the incarnation that set it. */
export interface Timers {
  /** After at least `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** First after one period. */
  every(periodMs: number, task: () => void): Timer;
  /** At the end of this turn. */
  soon(task: () => void): void;
}
