// Waits by the timers of a host.

import type { Timers } from "./ports/timers.ts";

/** Resolves after `ms` milliseconds. */
export function pause(timers: Pick<Timers, "after">, ms: number): Promise<void> {
  return new Promise((resolve) => {
    timers.after(ms, resolve);
  });
}

/** Resolves in the next turn of the event loop. */
export function nextTurn(timers: Pick<Timers, "soon">): Promise<void> {
  return new Promise((resolve) => {
    timers.soon(resolve);
  });
}

/** @returns Whether `work` resolves or rejects within `limitMs`. */
export function settlesWithin(
  timers: Pick<Timers, "after">,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = timers.after(limitMs, () => resolve(false));
    const settled = (): void => {
      timer.cancel();
      resolve(true);
    };
    work.then(settled, settled);
  });
}
