import test from "ava";
import { planOf } from "../../../src/plan/plan-of.ts";
import {
  builtInNames,
  builtInText,
  listScenarios,
} from "../../../src/scenario/built-in/built-in-scenarios.ts";
import { readScenario } from "../../../src/scenario/read-scenario.ts";

const origin = { fileName: "test.yaml", folder: "/" };

test("at least ten scenarios come along, each with a name and a sentence", (t) => {
  const scenarios = listScenarios();
  t.true(scenarios.length >= 10);
  t.deepEqual(
    scenarios.map(({ name }) => name),
    builtInNames(),
  );
  for (const { name, about } of scenarios) t.regex(about, /^.{20,200}\.$/, name);
});

test("a name that no scenario has gives no text", (t) => {
  t.is(builtInText("nothing"), undefined);
  t.is(builtInText("constructor"), undefined);
});

test("churn makes more than 200,000 connections in ten minutes", (t) => {
  const scenario = readScenario(builtInText("churn") ?? "", origin);
  const { visits, durationMs } = planOf(scenario);
  t.is(durationMs, 600_000);
  t.true(visits.length > 203_000 && visits.length < 215_000, `${visits.length}`);
});

test("a budget on completion stands beside one on the share of peers that complete", (t) => {
  const ofCompletion = listScenarios()
    .map(({ text }) => readScenario(text, origin).budgets)
    .filter((budgets) => budgets.some((budget) => budget.startsWith("completion")));
  t.true(ofCompletion.length >= 5);
  for (const budgets of ofCompletion) {
    t.true(
      budgets.some((budget) => /^completed.* \/ arrived/.test(budget)),
      budgets.join("; "),
    );
  }
});

for (const { name, text } of listScenarios()) {
  test(`${name} starts its target, and another can take its place`, (t) => {
    const own = readScenario(text, origin);
    const kinds = Object.values(own.targets).map(({ from, kind }) => {
      t.is(from, "start");
      return kind;
    });
    const [kind] = kinds;
    const address = kind === "tracker" ? "udp://127.0.0.1:6969" : "127.0.0.1:6881";
    const changed = readScenario(text, origin, { targets: [address] });
    t.deepEqual(Object.values(changed.targets), [{ from: "address", kind, address }]);
    t.true(own.budgets.length > 0);
    const { visits, durationMs } = planOf(own);
    t.true(visits.length >= 50 && durationMs <= 600_000, `${visits.length} in ${durationMs}`);
  });
}
