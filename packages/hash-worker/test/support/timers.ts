// Timers moved by hand: nothing is due until the test says so.

import type { Timers } from "@troupe/actor-runtime";

export interface HandMovedTimers extends Timers {
  /** Delays of the timers that are set, shortest first. */
  readonly delaysMs: readonly number[];
  /** Lets the earliest timer fire; false when none is set. */
  fireNext(): boolean;
  /** Runs what is due at the end of this turn. */
  turn(): boolean;
}

export function handMovedTimers(): HandMovedTimers {
  const set: { delayMs: number; task: () => void }[] = [];
  const soon: (() => void)[] = [];
  const cancel = (entry: object) => {
    const index = set.findIndex((other) => other === entry);
    if (index >= 0) set.splice(index, 1);
  };
  return {
    get delaysMs() {
      return set.map(({ delayMs }) => delayMs).toSorted((a, b) => a - b);
    },
    after(delayMs, task) {
      const entry = { delayMs, task };
      set.push(entry);
      return { cancel: () => cancel(entry) };
    },
    every() {
      throw new Error("not used by pools");
    },
    soon: (task) => void soon.push(task),
    fireNext() {
      const next = set.toSorted((a, b) => a.delayMs - b.delayMs)[0];
      if (next === undefined) return false;
      cancel(next);
      next.task();
      return true;
    },
    turn() {
      const due = soon.splice(0);
      for (const task of due) task();
      return due.length > 0;
    },
  };
}
