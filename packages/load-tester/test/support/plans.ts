import type { RateIntents, Visit } from "../../src/plan/plan.ts";

/** A visit of a peer of the first group that stays until the end. */
export function visitAt(peer: number, arriveMs: number): Visit {
  return { peer, group: 0, member: peer, visit: 0, arriveMs, stayMs: Infinity, seed: peer };
}

/** Intents of member 0. */
export function intentsAt(group: number, atMs: readonly number[], perSecond = 0): RateIntents {
  return {
    group,
    perSecond,
    count: atMs.length,
    atMs: Float64Array.from(atMs),
    member: new Uint32Array(atMs.length),
    seed: new Uint32Array(atMs.length),
  };
}
