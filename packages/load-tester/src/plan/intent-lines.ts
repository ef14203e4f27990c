// A plan as text, to compare plans and to read them.

import type { Plan, RateIntents, Visit } from "./plan.ts";

/** Digits before the point and after it: 24 hours in microseconds. */
const timeWidth = 12;

/** A part of a plan whose lines ascend in time. */
interface Source {
  /** Infinity at the end. */
  readonly atMs: () => number;
  readonly take: () => string;
}

/** Every intent of a plan, a line each, ascending in time. The lines of all shares together are those of the whole plan. */
export function* intentLines(plan: Plan): Generator<string> {
  const sources = [visitSource(plan.visits), ...plan.rates.map(actionSource)];
  for (;;) {
    let next: Source | undefined;
    for (const source of sources) {
      if (source.atMs() < (next?.atMs() ?? Number.POSITIVE_INFINITY)) next = source;
    }
    if (next === undefined) return;
    yield next.take();
  }
}

function visitSource(visits: readonly Visit[]): Source {
  let index = 0;
  return {
    atMs: () => visits[index]?.arriveMs ?? Number.POSITIVE_INFINITY,
    take: () => {
      const visit = visits[index];
      index += 1;
      return visit === undefined ? "" : visitLine(visit);
    },
  };
}

function actionSource(rate: RateIntents): Source {
  let index = 0;
  return {
    atMs: () => rate.atMs[index] ?? Number.POSITIVE_INFINITY,
    take: () => {
      const time = spellTime(rate.atMs[index] ?? 0);
      const line = `${time} act group=${rate.group} member=${rate.member[index]} seed=${rate.seed[index]}`;
      index += 1;
      return line;
    },
  };
}

function visitLine({ arriveMs, group, member, peer, visit, stayMs, seed }: Visit): string {
  const stay = stayMs === Number.POSITIVE_INFINITY ? "open" : stayMs.toFixed(3);
  return `${spellTime(arriveMs)} arrive group=${group} member=${member} peer=${peer} visit=${visit} stay=${stay} seed=${seed}`;
}

function spellTime(ms: number): string {
  return ms.toFixed(3).padStart(timeWidth);
}
