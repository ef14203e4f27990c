// Timers of an actor.

/** A cancellable timer. Cancelling twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Timers. What a task throws ends the incarnation that set it. */
export interface Timers {
  /** Runs `task` once, after at least `delayMs`. */
  after(delayMs: number, task: () => void): Timer;
  /** Runs `task` every `periodMs`, first after one period. */
  every(periodMs: number, task: () => void): Timer;
  /** Runs `task` once, when the input at hand has been handled (the end of this turn of the event loop). */
  soon(task: () => void): void;
}
