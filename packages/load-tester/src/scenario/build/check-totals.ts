// Bounds over all groups: peers, source addresses, visits and actions of open loads. A scenario beyond one is refused.

import { faultAt, type Path } from "@troupe/yaml-file";
import type { Group, Scenario, Stay } from "../scenario.ts";
import { mostPeers } from "../schema/group-schema.ts";
import { runLength } from "./build-load.ts";
import { checkSources } from "./prefixes.ts";

const mostVisits = 2_000_000;
const mostActions = 20_000_000;

/** @throws ContentFault */
export function checkTotals(scenario: Scenario): void {
  const durationMs = runLength(scenario.phases);
  let [peers, visits, actions] = [0, 0, 0];
  for (const group of Object.values(scenario.groups)) {
    const path = ["groups", group.name];
    peers += group.count;
    visits += expectedVisits(group, durationMs);
    actions += actionsOf(group, durationMs);
    refuseAbove([...path, "count"], "peers in all groups", peers, mostPeers);
    refuseAbove([...path, "again-after"], "visits in all groups", visits, mostVisits);
    refuseAbove([...path, "load", "rate"], "actions of open loads", actions, mostActions);
  }
  checkSources(scenario.sources, peers);
}

function refuseAbove(path: Path, what: string, count: number, most: number): void {
  if (count <= most) return;
  throw faultAt(path, `makes ${Math.ceil(count)} ${what}; allowed are ${most}`);
}

/** On average. */
function expectedVisits({ count, stay, againAfterMs }: Group, durationMs: number): number {
  if (againAfterMs === undefined) return count;
  return count * (1 + durationMs / (usualStayMs(stay) + againAfterMs));
}

/** Usual stay; for a log-normal one the median, because a few stays longer than the run make its mean. */
function usualStayMs(stay: Stay): number {
  switch (stay.kind) {
    case "fixed":
      return stay.durationMs;
    case "exponential":
      return stay.meanMs;
    case "log-normal":
      return stay.medianMs;
    case "end":
    case "whole":
    case "ratio":
      return Number.POSITIVE_INFINITY;
  }
}

function actionsOf({ load }: Group, durationMs: number): number {
  if (load.kind === "hostile" || load.pace.kind !== "rate") return 0;
  const { fromMs = 0, untilMs, perSecond } = load.pace;
  return (Math.max(0, Math.min(untilMs, durationMs) - fromMs) * perSecond) / 1_000;
}
