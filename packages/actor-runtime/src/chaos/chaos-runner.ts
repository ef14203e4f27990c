import type { Timer, Timers } from "../ports/timers.ts";
import { SeededRandom } from "../simulated/seeded-random.ts";
import type { ChaosItem, ChaosPlan } from "./chaos-plan.ts";

/** Strikes a thread of this kind. @param fraction In [0, 1): selects it. */
type ChaosStrike = (item: ChaosItem, fraction: number) => void;

/** Carries out a plan, at the same times for the same seed. */
export class ChaosRunner {
  readonly #timers: Pick<Timers, "after">;
  readonly #strike: ChaosStrike;
  readonly #pending = new Set<Timer>();
  #isStopped = false;

  constructor({ seed, items }: ChaosPlan, timers: Pick<Timers, "after">, strike: ChaosStrike) {
    this.#timers = timers;
    this.#strike = strike;
    const random = new SeededRandom(`chaos ${seed}`);
    // Per item: a further item does not move the others.
    for (const [index, item] of items.entries()) this.#plan(item, random.fork(String(index)));
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }

  /** Exponential intervals: independent events at a rate. */
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
