// Whether this process may open as many sockets as its part of a run needs.

import { descriptorUse, type DescriptorUse } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import type { ShareRange } from "./generators.ts";
import type { Group, Scenario } from "../scenario/scenario.ts";

/** Files of content, pipes, event loops, and connections that are about to close. */
const spare = 100;

/** @throws TroupeError `too-few-descriptors` */
export function checkDescriptors(
  scenario: Pick<Scenario, "groups">,
  shares: ShareRange,
  use: DescriptorUse = descriptorUse(),
): void {
  const sockets = socketsOf(scenario, shares);
  const needed = use.open + sockets + spare;
  if (needed <= use.limit) return;
  const message = `cannot open ${sockets} sockets for the peers of this scenario: this process may open ${use.limit} files and needs ${needed}; raise the limit (ulimit -n ${needed}), or use several agents`;
  throw new TroupeError("too-few-descriptors", message);
}

/** Counts the sockets of the peers whose number leaves one of the rests of `shares`. */
function socketsOf({ groups }: Pick<Scenario, "groups">, { count, of }: ShareRange): number {
  const sockets = Object.values(groups).map((group) =>
    Math.ceil((socketsOfGroup(group) * count) / of),
  );
  return sockets.reduce((sum, each) => sum + each, 0);
}

/** Askers of trackers and nodes share sockets. */
function socketsOfGroup({ load, count }: Group): number {
  return load.kind === "peers" || load.kind === "hostile" ? count : 0;
}
