// Draws the plan of a scenario.

import type { Group, Scenario } from "../scenario/scenario.ts";
import { drawActions } from "./draw/draw-actions.ts";
import { drawArrivals } from "./draw/draw-arrivals.ts";
import { drawVisits, type Arriving } from "./draw/draw-visits.ts";
import type { Plan, RateIntents, Share, Visit } from "./plan.ts";

const wholePlan: Share = { index: 0, of: 1 };

/**
 * Draws everything that a run intends from the seed of the scenario, and keeps the share. A scenario gives one
 * plan everywhere, and the plans of all shares together are the whole plan.
 */
export function planOf(scenario: Scenario, share: Share = wholePlan): Plan {
  const durationMs = scenario.phases.reduce((sum, phase) => sum + phase.durationMs, 0);
  const run = { seed: scenario.seed, durationMs };
  const groups = Object.values(scenario.groups);
  const arrivals = groups.map((group, index) => drawArrivals(group, index, run));
  const visits = arrivingPeers(arrivals)
    .filter(({ member }) => member % share.of === share.index)
    .flatMap((arriving) => {
      const group = groups[arriving.group];
      return group === undefined ? [] : drawVisits(arriving, group, run);
    });
  return {
    visits: visits.toSorted(byArrival),
    rates: groups.flatMap((group, index) => actionsOf(group, index, arrivals[index] ?? [])),
    durationMs,
  };

  function actionsOf(group: Group, index: number, own: readonly number[]): RateIntents[] {
    const { load } = group;
    if (load.kind === "hostile" || load.pace.kind !== "rate") return [];
    return [drawActions({ group: index, pace: load.pace, arrivals: own }, run, share)];
  }
}

/** All peers, numbered in the order in which they come. */
function arrivingPeers(arrivals: readonly (readonly number[])[]): Arriving[] {
  const members = arrivals.flatMap((times, group) =>
    times.map((arriveMs, member) => ({ group, member, arriveMs })),
  );
  const ordered = members.toSorted(
    (a, b) => a.arriveMs - b.arriveMs || a.group - b.group || a.member - b.member,
  );
  return ordered.map((arriving, peer) => ({ peer, ...arriving }));
}

function byArrival(a: Visit, b: Visit): number {
  return a.arriveMs - b.arriveMs || a.peer - b.peer;
}
