import test from "ava";
import { agentScenario } from "../../../../test/support/load/agent-scenario.ts";
import { farGroupsRefusal } from "../../src/rules/far-groups.ts";
import type { Group } from "../../src/scenario/scenario.ts";

const rule = { allowed: ["203.0.113.7"], allowHostile: true };

function refusal(groups: readonly Group[], place: { host: string; url?: string }) {
  return farGroupsRefusal(rule, groups, [{ name: "seed", url: undefined, ...place }])?.message;
}

function arriving(count: number): Group[] {
  const { leech } = agentScenario({ count: 100, arrival: "at-once" }).groups;
  return leech === undefined ? [] : Array.from({ length: count }, () => leech);
}

function asking(perSecond: number): Group[] {
  const spacing = "constant";
  const pace = { kind: "rate", perSecond, spacing, fromMs: undefined, untilMs: 10_000 } as const;
  const load = { kind: "tracker", swarms: 1, pace, scrapes: 0, wanted: 0, seeds: 0 } as const;
  const { leech } = agentScenario().groups;
  const asker = leech && { ...leech, load };
  return asker === undefined ? [] : [asker, asker];
}

test("honest groups that are a storm together do not run at an address of others", (t) => {
  t.is(refusal(arriving(1), { host: "203.0.113.7" }), undefined);
  t.regex(refusal(arriving(2), { host: "203.0.113.7" }) ?? "", /are a storm together/);
  t.is(refusal(arriving(9), { host: "10.0.0.1" }), undefined);
});

test("honest groups that are a flood together do not run at a name, whose addresses may change", (t) => {
  const url = "http://tracker.example/announce";
  t.is(refusal(asking(500), { host: "10.0.0.1", url }), undefined);
  t.regex(refusal(asking(501), { host: "10.0.0.1", url }) ?? "", /are a flood together/);
  const near = { ...rule, allowed: [] };
  const place = { name: "seed", host: "10.0.0.1", url };
  t.is(farGroupsRefusal(near, asking(501), [place]), undefined);
  t.is(refusal(asking(501), { host: "10.0.0.1", url: "http://10.0.0.1/announce" }), undefined);
  t.is(refusal(asking(501), { host: "::1", url: "http://[::1]/announce" }), undefined);
});
