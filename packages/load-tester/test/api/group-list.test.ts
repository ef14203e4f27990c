import test from "ava";
import { groupList } from "../../src/api/group-list.ts";
import { withGroup } from "../support/scenarios.ts";

function factsOf(group: string): string {
  const [facts] = groupList(withGroup(group));
  return `${facts?.behaviour}; ${facts?.pace}; ${facts?.isClosedLoad}`;
}

test("a group names its behaviour, and a closed load is labelled so", (t) => {
  t.is(
    factsOf("{ behaviour: leecher, target: client, count: 5, load: { rate: 1500/s } }"),
    "leecher; open 1,500/s; false",
  );
  t.is(
    factsOf("{ behaviour: leecher, target: client, count: 5, load: { depth: 4 } }"),
    "leecher; closed, depth 4; true",
  );
  t.is(factsOf("{ behaviour: idle, target: client, count: 5 }"), "idle; ; false");
  t.is(factsOf("{ behaviour: hostile, target: client, count: 5 }"), "hostile; ; false");
});
