// Groups as the report names them.

import type { GroupFacts } from "../results/result.ts";
import type { Group, GroupLoad, Pace, Scenario } from "../scenario/scenario.ts";

/** @returns The facts of all groups, in the scenario's order. */
export function groupList({ groups }: Scenario): GroupFacts[] {
  return Object.values(groups).map(factsOf);
}

function factsOf({ name, target, count, load }: Group): GroupFacts {
  const pace = paceOf(load);
  return {
    name,
    target,
    count,
    behaviour: behaviourOf(load),
    pace: spellPace(pace),
    isClosedLoad: pace.kind === "depth",
  };
}

function behaviourOf(load: GroupLoad): string {
  switch (load.kind) {
    case "peers":
      return load.behaviour;
    case "hostile":
      return load.behaviours.length === 0 ? "hostile" : `hostile: ${load.behaviours.join(", ")}`;
    case "tracker":
      return "tracker clients";
    case "dht":
      return "DHT nodes";
  }
}

function paceOf(load: GroupLoad): Pace {
  return load.kind === "hostile" ? { kind: "none" } : load.pace;
}

function spellPace(pace: Pace): string {
  switch (pace.kind) {
    case "rate":
      return `open ${pace.perSecond.toLocaleString("en")}/s`;
    case "depth":
      return `closed, depth ${pace.depth}`;
    case "none":
      return "";
  }
}
