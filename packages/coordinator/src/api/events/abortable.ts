// A caller who waits may give up.

/** Of every call that waits for others. */
export interface WaitOptions {
  /** Ends the waiting with its reason. What was begun goes on to its end, unless the call says otherwise. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for `work` as long as somebody wants its outcome.
 *
 * @param work Not begun when `signal` has aborted before.
 * @throws the reason of `signal`, or what `work` rejects with.
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
