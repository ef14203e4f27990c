// Waits with an end: by the caller's signal, or by a time limit.

import type { Timers } from "@troupe/actor-runtime";

/** Options of every call that waits. */
export interface WaitOptions {
  /** Ends the wait with its reason; the work continues, unless the call says otherwise. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for `work` until `signal` aborts.
 *
 * @param work Not begun if `signal` has aborted.
 * @throws the reason of `signal`, or the error of `work`.
 */
export async function abortable<Outcome>(
  signal: AbortSignal | undefined,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  if (signal === undefined) return await work();
  signal.throwIfAborted();
  const givenUp = Promise.withResolvers<never>();
  const giveUp = (): void => givenUp.reject(signal.reason);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([work(), givenUp.promise]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** @returns Whether `work` resolves or rejects within `limitMs`. */
export async function settlesWithin(
  timers: Pick<Timers, "after">,
  limitMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = timers.after(limitMs, () => late.resolve(false));
  const settled = work.then(
    () => true,
    () => true,
  );
  return await Promise.race([settled, late.promise]).finally(() => timer.cancel());
}
