// Asking several in order without waiting long for any: one that is silent for a while is left to think and the next
// is asked beside it, so that dead trackers do not hold up those that live.

import type { Timer, Timers } from "@troupe/actor-runtime";

/** Asked and not yet heard of, in one race; the next one waits until one of them has ended. */
export const askedAtOnce = 10;

/** One race. */
export interface Race<Answer> {
  /** How many there are to ask, in the order of their numbers from 0. */
  readonly count: number;
  /** Asks one. Resolves with undefined when it fails; never rejects. */
  readonly ask: (index: number) => Promise<Answer | undefined>;
  /** Milliseconds of silence after which the next is asked too. */
  readonly patienceMs: (index: number) => number;
  readonly timers: Timers;
}

/** @returns The first answer, or undefined when all have failed. Those still asked then are the caller's to give up. */
export function firstAnswer<Answer>(race: Race<Answer>): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    let out = 0;
    let isOver = false;
    let patience: Timer | undefined;

    const settle = (answer: Answer | undefined): void => {
      isOver = true;
      patience?.cancel();
      resolve(answer);
    };

    const askNext = (): void => {
      patience?.cancel();
      patience = undefined;
      if (asked === race.count || out === askedAtOnce) return;
      const index = asked++;
      out++;
      patience = race.timers.after(race.patienceMs(index), askNext);
      race.ask(index).then((answer) => heard(index, answer), reject);
    };

    const heard = (index: number, answer: Answer | undefined): void => {
      out--;
      if (isOver) return;
      if (answer !== undefined) return settle(answer);
      // One that had used up its patience has been followed by the next already, unless there was no room.
      if (index === asked - 1 || patience === undefined) askNext();
      if (out === 0 && asked === race.count) settle(undefined);
    };

    if (race.count === 0) settle(undefined);
    else askNext();
  });
}
