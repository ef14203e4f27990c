import test from "ava";
import type { Scenario } from "../../../src/scenario/scenario.ts";
import { read } from "../../support/scenarios.ts";

const head = `targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 64MiB } }
phases: { come: 5s, busy: 10s, calm: 5s }
warm-up: 2s
`;

function spans({ phases }: Scenario): string {
  return phases.map(({ name, durationMs }) => `${name} ${durationMs / 1_000}`).join(", ");
}

test("the warm-up comes before the first phase with an open load, whose loads begin with it", (t) => {
  const scenario = read(`${head}groups:
  late: { behaviour: leecher, count: 10, load: { rate: 10/s, from: calm } }
  ask: { behaviour: leecher, count: 10, load: { rate: 100/s, from: busy, until: calm } }
`);
  t.is(spans(scenario), "come 5, warm-up 2, busy 10, calm 5");
  t.like(scenario.groups["ask"]?.load, { pace: { fromMs: 5_000, untilMs: 17_000 } });
  t.like(scenario.groups["late"]?.load, { pace: { fromMs: 17_000, untilMs: 22_000 } });
});

test("without an open load the warm-up comes first", (t) => {
  const scenario = read(`${head}groups: { leech: { behaviour: leecher, count: 10 } }\n`);
  t.is(spans(scenario), "warm-up 2, come 5, busy 10, calm 5");
});

test("neither a phase nor a budget has the name of the warm-up", (t) => {
  const groups = "groups: { leech: { behaviour: leecher, count: 10 } }\n";
  t.throws(() => read(`${head.replace("come", "warm-up")}${groups}`), {
    message:
      /phases\.warm-up has the name of the warm-up; write the key warm-up: 5s, or another name/,
  });
  t.throws(() => read(`${head}${groups}budgets: ["request_block{warm-up}.p99 < 1s"]\n`), {
    code: "scenario-malformed",
  });
});
