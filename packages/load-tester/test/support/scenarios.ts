// Scenario files of the tests.

import { readScenario } from "../../src/scenario/read-scenario.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";

/** A scenario of leechers; each line is a key, for tests that change a line. */
export const leechers: string = `name: leechers
seed: 7
targets:
  client: 127.0.0.1:6881
torrents:
  payload: { size: 64MiB, piece: 256KiB }
groups:
  leech:
    target: client
    behaviour: leecher
    count: 100
    take: 4
    arrival: { rate: 50/s }
    stay: end
phases:
  ramp: 10s
  steady: 20s
budgets:
  - request_block{leech,steady}.p99 < 50ms
`;

/** The scenario of a text. */
export function read(text: string, folder = "/nowhere"): Scenario {
  return readScenario(text, { fileName: "test.yaml", folder });
}

/** A scenario of one group, written as the rest of its mapping, in phases of 10 s and 20 s. */
export function withGroup(group: string, seed = 1): Scenario {
  return read(`seed: ${seed}
targets: { client: "127.0.0.1:1", tracker: "udp://127.0.0.1:2", node: { dht: "127.0.0.1:3" } }
torrents: { payload: { size: 64MiB } }
groups: { one: ${group} }
phases: { ramp: 10s, steady: 20s }
`);
}
