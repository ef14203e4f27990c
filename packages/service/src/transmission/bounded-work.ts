import type { Timers } from "@troupe/actor-runtime";

/** Questions and commands of one call that are under way at a time. */
const mostAtOnce = 4;

/** Maps items by work, a few at a time. @returns In the order of the items. @throws rejects with the first error. */
export async function mapAFewAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = Array<Result>(items.length);
  const left = items.entries();
  const workOn = async (): Promise<void> => {
    // The workers share the iterator.
    for (const [index, item] of left) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(mostAtOnce, items.length) }, workOn));
  return results;
}

/**
 * Waits for work until a time has passed.
 *
 * @returns Undefined when the work has not ended by then; it goes on, and its error is dropped.
 * @throws rejects as the work does before.
 */
export async function endedWithin<Result>(
  timers: Pick<Timers, "after">,
  waitMs: number,
  work: Promise<Result>,
): Promise<{ readonly result: Result } | undefined> {
  const passed = Promise.withResolvers<undefined>();
  const timer = timers.after(waitMs, () => passed.resolve(undefined));
  try {
    // A race hears the rejection of work that loses, too.
    return await Promise.race([work.then((result) => ({ result })), passed.promise]);
  } finally {
    timer.cancel();
  }
}
