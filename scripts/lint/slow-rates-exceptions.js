// Files that may have rates below 1 MB/s, each with its reason. The rule is in slow-rates.js.

export const mostSlowRateExceptions = 15;

export const slowRateExceptions = [
  [
    "test/interop/holepunch.test.ts",
    "A peer that relays is no seed before the others; uTP ends a connection whose payload is held.",
  ],
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

/** Files that are not mended yet. This list ends empty, and then goes. */
export const pendingSlowRates = [
  "test/chaos/dht.test.ts",
  "test/chaos/udp-owner.test.ts",
  "test/crash/kill.test.ts",
  "test/hostile/crowd.test.ts",
  "test/integration/end-check.test.ts",
  "test/integration/extensions.test.ts",
  "test/integration/failing-modules.test.ts",
  "test/integration/final-folder.test.ts",
  "test/integration/hybrid-halves.test.ts",
  "test/integration/liar.test.ts",
  "test/integration/magnets.test.ts",
  "test/integration/modules.test.ts",
  "test/integration/renames.test.ts",
  "test/integration/state.test.ts",
  "test/integration/streams.test.ts",
  "test/integration/web-seeds.test.ts",
  "test/storage/stores.test.ts",
];
