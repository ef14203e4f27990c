// Whether an agent runs a plan. Only the agent's own command line counts: what the plan allows is not read at all.

import { allowedAddress } from "../../rules/allowed-address.ts";
import { farGroupsRefusal } from "../../rules/far-groups.ts";
import { groupKindOf } from "../../rules/group-kind.ts";
import type { AddressRule } from "../../rules/address-rule.ts";
import { refused, type PlanObject, type PrepareReply } from "../messages/messages.ts";

/** Why a plan is not run; undefined: it is. */
export function refusalOf(plan: PlanObject, rule: AddressRule): PrepareReply | undefined {
  const groups = Object.values(plan.scenario.groups);
  for (const group of groups) {
    const target = plan.targets.find(({ name }) => name === group.target);
    const kind = groupKindOf(group);
    if (kind === "hostile" && !rule.allowHostile) {
      return refused(
        "agent-forbids-hostile",
        `the group ${group.name} is hostile, and this agent was started without --allow-hostile`,
      );
    }
    // A tracker's name is resolved, and judged, at each announce.
    const isNumeric = target !== undefined && target.host !== "";
    const refusal = isNumeric ? allowedAddress(rule, target.host, kind) : undefined;
    if (refusal !== undefined) return { kind: "refused", ...refusal };
  }
  const together = farGroupsRefusal(rule, groups, plan.targets);
  if (together !== undefined) return { kind: "refused", ...together };
  const elsewhere = new Set(
    plan.torrents.filter(({ content }) => content === "elsewhere").map(({ name }) => name),
  );
  const giver = groups.find(
    ({ load }) =>
      load.kind === "peers" &&
      (load.behaviour === "seeder" || load.has > 0) &&
      elsewhere.has(load.torrent),
  );
  if (giver !== undefined) {
    return refused(
      "agent-without-content",
      `the peers of the group ${giver.name} have content that lies in a folder of the leader; agents have content of pattern torrents alone`,
    );
  }
  return undefined;
}
