// Files that may have rates below 1 MB/s, each with its reason. The rule is in slow-rates.js.

export const mostSlowRateExceptions = 15;

export const slowRateExceptions = [
  [
    "test/interop/holepunch.test.ts",
    "A peer that relays is no seed before the others; uTP ends a connection whose payload is held.",
  ],
  ["test/crash/kill.test.ts", "A download of 25 s has as many moments at which it is killed."],
  ["test/hostile/crowd.test.ts", "The share of an honest peer among slow ones is the subject."],
  ["test/integration/extensions.test.ts", "The engine's own limit keeps a peer connected."],
  [
    "test/integration/hybrid-halves.test.ts",
    "The hash nodes come before the last piece of a slow seeder.",
  ],
  [
    "test/integration/magnets.test.ts",
    "The order of pieces under deadlines shows where not all come at once.",
  ],
  ["test/integration/streams.test.ts", "Two peers of unequal speed are the subject."],
];

/** Tests of limits, and files whose rates hold up no transfer in real time. They are not counted. */
export const limitTests = [
  ["test/hostile/super-seed.test.ts", "Runs in virtual time."],
  ["test/integration/commands.test.ts", "Limits are values: nothing is transferred."],
  ["test/integration/groups.test.ts", "Limits are values: nothing is transferred."],
  ["test/integration/rate-limits.test.ts", "Limits are the subject."],
  ["test/interop/npm-remotes.test.ts", "Limits are values that a remote sets and reads."],
  ["test/interop/service-proxy.test.ts", "Limits are values that a remote sets and reads."],
  ["test/support/clients/slow_readers.mjs", "Peers that read 200 bytes a second are the subject."],
  ["test/page/list.test.ts", "Limits are values that the page sets."],
  ["test/page/settings.test.ts", "Limits are values that the page sets."],
  ["test/support/clients/transmissionrpc.ts", "Limits are values that a remote sets and reads."],
  [
    "test/support/remotes/transmission-change-scenarios.ts",
    "Limits are values that a remote sets and reads.",
  ],
];
