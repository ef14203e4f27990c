// Whether an agent runs a plan. Only the agent's own command line counts: what the plan allows is not read at all.

import type { AddressRule } from "../../rules/address-rule.ts";
import type { PlanObject, PrepareReply } from "../messages/messages.ts";

/** Why a plan is not run; undefined: it is. */
export function refusalOf(
  plan: PlanObject,
  rule: AddressRule,
): Extract<PrepareReply, { readonly kind: "refused" }> | undefined {
  const groups = Object.values(plan.scenario.groups);
  const hostile = groups.find(({ load }) => load.kind === "hostile");
  if (hostile !== undefined && !rule.allowHostile) {
    return refused(
      "agent-forbids-hostile",
      `the group ${hostile.name} is hostile, and this agent was started without --allow-hostile`,
    );
  }
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

function refused(code: string, message: string) {
  return { kind: "refused", code, message } as const;
}
