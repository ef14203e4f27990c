// Asks several sources in order. After some silence the next is asked too, so that dead trackers do not hold up live
// ones.

import type { Timer, Timers } from "@troupe/actor-runtime";

/** Most unanswered requests of a race. */
export const askedAtOnce = 10;

/** The sources of a race, numbered from 0. */
interface Race<Answer> {
  readonly count: number;
  /**
   * Resolves with undefined when the source fails; never rejects. @param begun To be called when the wait for the source
   * begins.
   */
  readonly ask: (index: number, begun: () => void) => Promise<Answer | undefined>;
  /** Milliseconds of silence after which the next is asked too; Infinity for never. */
  readonly patienceMs: (index: number) => number;
  readonly timers: Timers;
}

/** @returns The first answer, or undefined when all have failed. The caller gives up those still under way. */
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
      const begun = (): void => {
        if (isOver || index !== asked - 1 || patience !== undefined) return;
        const patienceMs = race.patienceMs(index);
        if (patienceMs !== Infinity) patience = race.timers.after(patienceMs, askNext);
      };
      race.ask(index, begun).then((answer) => heard(index, answer), reject);
    };

    const heard = (index: number, answer: Answer | undefined): void => {
      out--;
      if (isOver) return;
      if (answer !== undefined) return settle(answer);
      // A silent source has been followed by the next already, unless there was no room.
      if (index === asked - 1 || patience === undefined) askNext();
      if (out === 0 && asked === race.count) settle(undefined);
    };

    if (race.count === 0) settle(undefined);
    else askNext();
  });
}
