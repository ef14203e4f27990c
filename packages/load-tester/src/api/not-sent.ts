// Load that never happened because of the generators.

import { groupAccounts, planPart } from "../results/summary/group-accounts.ts";
import type { RunTotals } from "../results/merge/run-totals.ts";
import type { GroupFacts } from "../results/result.ts";
import { lostLabel } from "./run-accounts.ts";

/** Of the plan of each group. */
const mostNotSent = 0.01;

/** @returns A sentence, if less than 99 % of the plan of a group was sent because of the generators. */
export function notSentOf(
  totals: Pick<RunTotals, "count">,
  groups: readonly GroupFacts[],
): string | undefined {
  for (const group of groups) {
    const { plan, unit } = groupAccounts(totals, group);
    const { planned, not_sent_ours: notSent } = plan;
    if (notSent <= mostNotSent * planned) continue;
    const part = planPart(unit, { groups: [group.name], label: lostLabel });
    const lost = totals.count("not_sent_ours", part);
    const cause = lost === 0 ? "" : `, ${lost.toLocaleString("en-US")} of them of lost generators`;
    return `${notSent.toLocaleString("en-US")} of ${planned.toLocaleString("en-US")} planned ${unit} of the group ${group.name} did not happen because of the load generators${cause}; 1 % are allowed`;
  }
  return undefined;
}
