// A scenario for tests of agents.

import type { GeneratorRun } from "../../../packages/load-tester/src/generator/generators.ts";
import type { Group, Scenario } from "../../../packages/load-tester/src/scenario/scenario.ts";

/** Leechers of one target, without a limit. */
export function agentScenario(changes: Partial<Group> = {}): Scenario {
  const leech: Group = {
    name: "leech",
    target: "seed",
    count: 30,
    arrival: { kind: "ramp", afterMs: 0, durationMs: 1_000 },
    stay: { kind: "end" },
    againAfterMs: undefined,
    retryAfterMs: undefined,
    timeoutMs: 15_000,
    handshakeTimeoutMs: 15_000,
    load: {
      kind: "peers",
      behaviour: "leecher",
      torrent: "content",
      take: { pieces: 4 },
      has: 0,
      pace: {
        kind: "rate",
        perSecond: 100,
        spacing: "poisson",
        fromMs: undefined,
        untilMs: 10_000,
      },
      downBytesPerSecond: undefined,
      upBytesPerSecond: undefined,
      delayMs: 0,
      extensions: ["fast", "extended"],
    },
    ...changes,
  };
  return {
    name: "agents",
    about: "",
    seed: 7,
    sources: "10.77.0.0/16",
    precise: true,
    hasOwnSources: false,
    text: "",
    targets: { seed: { from: "address", kind: "peer", address: "127.0.0.1:6881" } },
    torrents: {
      content: {
        from: "pattern",
        lengthBytes: 1 << 20,
        pieceLengthBytes: 1 << 16,
        name: "content",
      },
    },
    groups: { leech },
    phases: [{ name: "steady", durationMs: 10_000 }],
    budgets: [],
    abort: [],
    drainMs: 5_000,
    onLostAgent: "go-on",
  };
}

/** A run of that scenario. */
export function agentRun(scenario: Scenario = agentScenario()): GeneratorRun {
  return {
    run: "run",
    scenario,
    targets: [{ name: "seed", kind: "peer", host: "127.0.0.1", port: 6881, url: undefined }],
    torrents: [{ name: "content", metainfo: Uint8Array.of(1, 2, 3), content: { kind: "pattern" } }],
    rule: { allowed: ["203.0.113.9"], made: ["10.88.0.0/24"], allowHostile: true },
  };
}
