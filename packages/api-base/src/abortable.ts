// Waits that a caller's signal ends.

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
