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
  /**
   * After `delayMs`, without the milliseconds by which timers are late: until then the event loop looks at its sockets and
   * timers again and again instead of sleeping. A core is busy meanwhile, so it is for a few milliseconds.
   * @param task Gets the time in which the loop did nothing else.
   */
  exactly(delayMs: number, task: (polledMs: number) => void): Timer;
  /** At the end of this turn. */
  soon(task: () => void): void;
}
