// Load that never happened because of the generators.

import { groupAccounts, planPart } from "../results/summary/group-accounts.ts";
import type { RunTotals, TotalsPart } from "../results/merge/run-totals.ts";
import type { GroupFacts } from "../results/result.ts";
import { lostLabel } from "./run-accounts.ts";

/** Part of each group's plan, and of its requests. */
const mostNotSent = 0.01;
const shownReasons = 3;

/** @returns A sentence, if less than 99 % of the plan of a group was sent because of the generators. */
export function notSentOf(
  totals: Pick<RunTotals, "count" | "counts">,
  groups: readonly GroupFacts[],
): string | undefined {
  for (const group of groups) {
    const { plan, unit, requests } = groupAccounts(totals, group);
    const { planned, not_sent_ours: notSent } = plan;
    if (notSent > mostNotSent * planned) {
      const part = planPart(unit, { groups: [group.name] });
      const lost = totals.count("not_sent_ours", { ...part, label: lostLabel });
      const ofLost = lost === 0 ? "" : `, ${spell(lost)} of them of lost generators`;
      const cause = ofLost + reasonsOf(totals, "not_sent_ours", part);
      return `${spell(notSent)} of ${spell(planned)} planned ${unit} of the group ${group.name} did not happen because of the load generators${cause}; 1 % are allowed`;
    }
    const part = { groups: [group.name] };
    const own = totals.count("own_failures", part);
    if (own > mostNotSent * requests.requests) {
      const cause = reasonsOf(totals, "own_failures", part);
      return `${spell(own)} of ${spell(requests.requests)} requests of the group ${group.name} failed at the load generators${cause}; 1 % are allowed`;
    }
  }
  return undefined;
}

/** The reasons that the system gave, the most frequent first. */
function reasonsOf(
  totals: Pick<RunTotals, "count" | "counts">,
  counter: "not_sent_ours" | "own_failures",
  part: TotalsPart,
): string {
  const labels = new Set(
    totals.counts().flatMap((one) => (one.counter === counter ? [one.label] : [])),
  );
  labels.delete(lostLabel);
  const values = [...labels].map((label) => ({
    label,
    value: totals.count(counter, { ...part, label }),
  }));
  const shown = values
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, shownReasons);
  return shown.map(({ label, value }) => `, ${spell(value)} by "${label}"`).join("");
}

function spell(value: number): string {
  return value.toLocaleString("en-US");
}
