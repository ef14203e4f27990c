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

/**
 * @param late Makes the error of work that takes longer than `limitMs`.
 * @throws rejects as `work` does, or with `late()`.
 */
export async function resultWithin<Result>(
  timers: Pick<Timers, "after">,
  limitMs: number,
  work: Promise<Result>,
  late: () => Error,
): Promise<Result> {
  if (await settlesWithin(timers, limitMs, work)) return await work;
  throw late();
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
