// A scenario for tests of agents.

import type { GeneratorRun } from "../../../packages/load-tester/src/generator/generators.ts";
import { readScenario } from "../../../packages/load-tester/src/scenario/read-scenario.ts";
import type { Scenario } from "../../../packages/load-tester/src/scenario/scenario.ts";
import type {
  FileGroup,
  FileShape,
} from "../../../packages/load-tester/src/scenario/schema/file-shape.ts";

/** Changes of the group; undefined: the group lacks the key. */
type GroupChanges = { readonly [Key in keyof FileGroup]?: FileGroup[Key] | undefined };

/** The file of {@link agentScenario}. */
export function agentFile(changes: GroupChanges = {}): FileShape {
  const leech = {
    behaviour: "leecher",
    count: 30,
    arrival: { ramp: "1s" },
    load: { rate: "100/s", spacing: "poisson" },
    timeout: "15s",
    ...changes,
  };
  const file = {
    name: "agents",
    seed: 7,
    targets: { seed: "127.0.0.1:6881" },
    torrents: { content: { size: "1MiB", piece: "64KiB" } },
    groups: { leech },
    phases: { steady: "10s" },
  };
  return JSON.parse(JSON.stringify(file)) as FileShape;
}

/** Leechers of one target, without a limit. */
export function agentScenario(changes: GroupChanges = {}): Scenario {
  const text = JSON.stringify(agentFile(changes));
  return readScenario(text, { fileName: "agents.json", folder: "/" });
}

/** A run of that scenario. */
export function agentRun(scenario: Scenario = agentScenario()): GeneratorRun {
  return {
    run: "run",
    scenario,
    targets: [{ name: "seed", kind: "peer", host: "127.0.0.1", port: 6881, url: undefined }],
    torrents: [{ name: "content", metainfo: Uint8Array.of(1, 2, 3), content: { kind: "pattern" } }],
    rule: { allowed: ["203.0.113.9"], allowHostile: true },
  };
}
