import test from "ava";
import { read } from "../../support/scenarios.ts";

const text = `
targets: { client: { start: ours } }
torrents: { payload: { size: 64 MiB } }
groups:
  leech: { behaviour: leecher, count: 100, take: 4, arrival: { rate: 50 /s } }
  ask: { behaviour: leecher, count: 10, load: { rate: 500/s } }
phases: { ramp: 10s, steady: 2 min }
`;

test("a merge key gives a group the keys of another, and its own keys win", (t) => {
  const merged = text.replace(
    "  ask:",
    "  base: &base { behaviour: leecher, count: 3, take: 2 }\n  copy: { <<: *base, count: 7 }\n  ask:",
  );
  const { base, copy } = read(merged).groups;
  t.deepEqual({ ...copy, name: "base", count: 3 }, base);
  t.is(copy?.count, 7);
});

test("a merge key without a mapping is refused", (t) => {
  const merged = text.replace("ask: { behaviour", "ask: { <<: leech, behaviour");
  t.throws(() => read(merged), { message: /groups\.ask\.<< is "leech"; allowed is the alias of/ });
});
