import type { Plan, RateIntents, Visit } from "../plan/plan.ts";

/** Takes what is due. */
interface DueHandler {
  arrive(visit: Visit): void;
  /** @param atMs The intended time, from the start of the run. */
  act(intents: RateIntents, index: number, atMs: number): void;
}

/** A position in one list of times. */
interface Cursor {
  readonly intents: RateIntents;
  next: number;
}

/** The times of a plan, in order: visits and the intents of every open load. */
export class RunSchedule {
  readonly #visits: readonly Visit[];
  readonly #rates: readonly Cursor[];
  #nextVisit = 0;

  constructor({ visits, rates }: Pick<Plan, "visits" | "rates">) {
    this.#visits = visits;
    this.#rates = rates.map((intents) => ({ intents, next: 0 }));
  }

  /** The next time, from the start of the run; Infinity: nothing is left. */
  get nextMs(): number {
    let nextMs = this.#visits[this.#nextVisit]?.arriveMs ?? Infinity;
    for (const cursor of this.#rates) nextMs = Math.min(nextMs, timeOf(cursor));
    return nextMs;
  }

  /** Planned actions a second of the loads that go on at a time. @param atMs From the start of the run. */
  perSecondAt(atMs: number): number {
    let sum = 0;
    for (const cursor of this.#rates) {
      const { intents, next } = cursor;
      const isOn = next < intents.count && (intents.atMs[0] ?? Infinity) <= atMs;
      if (isOn) sum += intents.perSecond;
    }
    return sum;
  }

  /**
   * Hands over what is due, in the order of its times; of one time visits first.
   *
   * @param most At most so many.
   * @returns How many were handed over.
   */
  runDue(nowMs: number, most: number, handler: DueHandler): number {
    let count = 0;
    while (count < most && this.#runNext(nowMs, handler)) count += 1;
    return count;
  }

  #runNext(nowMs: number, handler: DueHandler): boolean {
    const visit = this.#visits[this.#nextVisit];
    let atMs = visit?.arriveMs ?? Infinity;
    let earliest: Cursor | undefined;
    for (const cursor of this.#rates) {
      const ownMs = timeOf(cursor);
      if (ownMs >= atMs) continue;
      atMs = ownMs;
      earliest = cursor;
    }
    if (atMs > nowMs) return false;
    if (earliest !== undefined) handler.act(earliest.intents, earliest.next++, atMs);
    else if (visit !== undefined) {
      this.#nextVisit += 1;
      handler.arrive(visit);
    }
    return earliest !== undefined || visit !== undefined;
  }
}

function timeOf({ intents, next }: Cursor): number {
  return next < intents.count ? (intents.atMs[next] ?? Infinity) : Infinity;
}
