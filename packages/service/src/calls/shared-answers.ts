// Answers that several callers share: a page that ten people look at costs the engine one question a second.

import type { Clock } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";

/** Questions under way; further ones wait. */
const mostUnderWay = 4;
/** Questions that wait; a further one is refused `too-many-calls`. */
const mostWaiting = 256;
/** An answer is given to all who ask within this time. */
const sharedMs = 1_000;
/** Answers that are kept; the oldest is dropped. Those of torrents with many files take megabytes. */
const mostKept = 64;

type Ask = () => Promise<unknown>;

/** Answers by their questions. */
export class SharedAnswers {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #kept = new Map<string, { readonly answer: Promise<unknown>; untilMs: number }>();
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  /** @throws rejects as the question does; `too-many-calls` */
  get(question: string, ask: Ask): Promise<unknown> {
    const nowMs = this.#clock.nowMs();
    const kept = this.#kept.get(question);
    if (kept !== undefined && nowMs < kept.untilMs) return kept.answer;
    const answer = this.#inTurn(ask);
    const entry = { answer, untilMs: Infinity };
    this.#dropOld(nowMs);
    this.#kept.delete(question);
    this.#kept.set(question, entry);
    answer.then(
      () => (entry.untilMs = this.#clock.nowMs() + sharedMs),
      // The next caller asks again.
      () => (entry.untilMs = -Infinity),
    );
    return answer;
  }

  /** Forgets all answers: a command may have changed them. */
  forget(): void {
    this.#kept.clear();
  }

  async #inTurn(ask: Ask): Promise<unknown> {
    if (this.#underWay >= mostUnderWay) await this.#turn();
    else this.#underWay++;
    try {
      return await ask();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= mostWaiting) {
      const message = `cannot ask the engine: ${mostWaiting} questions wait, which is the most; try again in a second`;
      return Promise.reject(new TroupeError("too-many-calls", message));
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #dropOld(nowMs: number): void {
    for (const [question, { untilMs }] of this.#kept) {
      const isFull = this.#kept.size >= mostKept;
      if (untilMs <= nowMs || (isFull && untilMs !== Infinity)) this.#kept.delete(question);
    }
  }
}
