// Makes the trouble of a plan, at times that its seed decides: the same plan strikes at the same times in every run.

import type { Timer, Timers } from "../ports/timers.ts";
import { SeededRandom } from "../simulated/seeded-random.ts";
import type { ChaosItem, ChaosPlan } from "./chaos-plan.ts";

/** Does one thing to a thread of this kind. @param fraction From 0 to below 1: says which, where there are several. */
export type ChaosStrike = (item: ChaosItem, fraction: number) => void;

/** Strikes until it is stopped. */
export class ChaosRunner {
  readonly #timers: Pick<Timers, "after">;
  readonly #strike: ChaosStrike;
  readonly #pending = new Set<Timer>();
  #isStopped = false;

  /** Begins at once. */
  constructor({ seed, items }: ChaosPlan, timers: Pick<Timers, "after">, strike: ChaosStrike) {
    this.#timers = timers;
    this.#strike = strike;
    const random = new SeededRandom(`chaos ${seed}`);
    // Each item draws for itself: one more does not move the others.
    for (const [index, item] of items.entries()) this.#plan(item, random.fork(String(index)));
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }

  /** Independent events at a rate: the time to the next one is exponential. */
  #plan(item: ChaosItem, random: SeededRandom): void {
    if (this.#isStopped) return;
    const delayMs = (-Math.log(1 - random.next()) / item.perSecond) * 1_000;
    const timer = this.#timers.after(delayMs, () => {
      this.#pending.delete(timer);
      this.#strike(item, random.next());
      this.#plan(item, random);
    });
    this.#pending.add(timer);
  }
}
