// Waits of tests for a state of the real world. Each lasts until the state is there: the limit of the file's run ends a
// wait in vain, and its report names what the test waited for (scripts/tests/watch.ts).

import { setTimeout as pause } from "node:timers/promises";

/** Time between two looks, in ms. */
const pollMs = 20;

/** Each gives the text of a wait under way in this process, for the report of a run that hangs. */
export const waits: Set<() => string> = new Set();

/** Settles when a condition is true. @param what The state that is waited for, as a sentence. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  await found(what, async () => ((await isTrue()) ? true : undefined));
}

/** The first value that `find` gives which is not undefined. @param what The value that is waited for, as a sentence. */
export async function found<Value>(
  what: string,
  find: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  return await waiting(what, async () => {
    for (;;) {
      const value = await find();
      if (value !== undefined) return value;
      await pause(pollMs);
    }
  });
}

/**
 * The result of `act`, which waits for an event of the real world.
 *
 * @param what The event, as a sentence; a function also says what has come so far.
 */
export async function waiting<Value>(
  what: string | (() => string),
  act: () => Promise<Value>,
): Promise<Value> {
  // A function of its own: two waits may have the same text.
  const text = typeof what === "string" ? (): string => what : (): string => what();
  waits.add(text);
  try {
    return await act();
  } finally {
    waits.delete(text);
  }
}
