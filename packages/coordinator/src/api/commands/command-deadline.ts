import type { Timers } from "@troupe/actor-runtime";

/**
 * Waits for work until a deadline. Work that is still running then continues.
 *
 * @param late Called at the deadline, for its error.
 * @param ended Called when work ends that has outlasted the deadline, with its result or its error.
 * @throws rejects as the work does, or with `late`.
 */
export async function withinDeadline<Result>(
  timers: Pick<Timers, "after">,
  deadlineMs: number,
  work: Promise<Result>,
  {
    late,
    ended,
  }: { readonly late: () => Error; readonly ended: (result: PromiseSettledResult<Result>) => void },
): Promise<Result> {
  const passed = Promise.withResolvers<never>();
  const timer = timers.after(deadlineMs, () => {
    passed.reject(late());
    void Promise.allSettled([work]).then(([result]) => ended(result));
  });
  try {
    return await Promise.race([work, passed.promise]);
  } finally {
    timer.cancel();
  }
}
