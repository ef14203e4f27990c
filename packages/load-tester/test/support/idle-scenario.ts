import type { GeneratorRun } from "../../src/generator/generators.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { read } from "./scenarios.ts";

/** Five idle peers of one target for three seconds. */
export const idleScenario: Scenario = read(`
targets: { client: "127.0.0.1:6881" }
torrents: { payload: { size: 1MiB } }
groups: { idle: { behaviour: idle, count: 5 } }
phases: { all: 3s }
`);

/** The run of a scenario whose loads reach nothing. */
export function runOf(scenario: Scenario): GeneratorRun {
  return {
    run: "run-1",
    scenario,
    targets: [],
    torrents: [],
    rule: { allowed: [], allowHostile: true },
  };
}
