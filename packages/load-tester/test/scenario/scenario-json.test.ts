import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import fc from "fast-check";
import { agentFile, agentScenario } from "../../../../test/support/load/agent-scenario.ts";
import { planOf } from "../../src/plan/plan-of.ts";
import { builtInNames, builtInText } from "../../src/scenario/built-in/built-in-scenarios.ts";
import { ContentFault } from "@troupe/yaml-file";
import { readScenario } from "../../src/scenario/read-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { readScenarioJson, scenarioJson } from "../../src/scenario/scenario-json.ts";

/** The scenario that an agent reads. */
function through(scenario: Scenario): Scenario {
  return readScenarioJson(JSON.parse(JSON.stringify(scenarioJson(scenario))));
}

for (const name of builtInNames()) {
  test(`the scenario ${name} comes through JSON as it was`, (t) => {
    const scenario = readScenario(builtInText(name) ?? "", {
      fileName: `${name}.yaml`,
      folder: "/",
    });
    t.deepEqual(through(scenario), { ...scenario, text: "" });
  });
}

test("YAML with aliases and changes of the command line comes through JSON as it was", (t) => {
  const text = `
targets: { client: 127.0.0.1:6881 }
torrents: { payload: { size: 4MiB } }
groups:
  leech: &leech { behaviour: leecher, count: 10, transport: utp, encryption: rc4 }
  more: { <<: *leech, count: 20, stay: 3s }
phases: { steady: 5s }
`;
  const origin = { fileName: "swarm.yaml", folder: "/" };
  const scenario = readScenario(text, origin, { targets: ["10.0.0.1:7000"], seed: 9 });
  t.deepEqual(through(scenario), { ...scenario, text: "" });
  t.is(through(scenario).name, "swarm");
  t.like(through(scenario).groups["more"]?.load, { transport: "utp", encryption: "rc4" });
});

test("times of a file go along, and give the same plan", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "troupe-times-"));
  try {
    await writeFile(join(folder, "times.txt"), "0.9s\n# none\n0.123457s\n123.456789ms\n2s\n");
    const file = agentFile({ count: 3, arrival: { after: "1s", times: "times.txt" } });
    const scenario = readScenario(JSON.stringify(file), { fileName: "f", folder });
    const read = through(scenario);
    t.deepEqual(read.groups, scenario.groups);
    t.deepEqual(planOf(read, { index: 0, of: 1 }), planOf(scenario, { index: 0, of: 1 }));
  } finally {
    await rm(folder, { recursive: true });
  }
});

for (const [what, value, message] of [
  [
    "a file of times",
    agentFile({ arrival: { times: "/etc/passwd" } }),
    /allowed is a list of times/,
  ],
  ["a group of an unknown target", agentFile({ target: "x" }), /no such target/],
  ["a group without an end", agentFile({ count: 1e9 }), /leech\.count is 1000000000/],
  [
    "more actions than a file may have",
    { ...agentFile({ load: { rate: "1000000/s" } }), phases: { steady: "60s" } },
    /actions of open loads; allowed are/,
  ],
  [
    "visits without an end",
    agentFile({ load: { depth: 1 }, count: 20_000, stay: "10ms", "again-after": "10ms" }),
    /visits in all groups; allowed are/,
  ],
  ["no object", 7, /the file is 7; allowed is a mapping/],
] as const) {
  test(`JSON with ${what} is refused`, (t) => {
    t.throws(() => readScenarioJson(value), { instanceOf: ContentFault, message });
  });
}

test("JSON of a scenario throws nothing but its own error, whatever comes", (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, name) => {
      const file = agentFile();
      const group = { ...file.groups["leech"], [name]: value };
      for (const candidate of [
        value,
        { ...file, [name]: value },
        { ...file, groups: { leech: group, [name]: value } },
      ]) {
        try {
          readScenarioJson(candidate);
        } catch (error) {
          if (!(error instanceof ContentFault)) throw error;
        }
      }
    }),
  );
  t.pass();
});

test("the JSON of a scenario has what its file has", (t) => {
  t.deepEqual(scenarioJson(agentScenario()), agentFile());
});
