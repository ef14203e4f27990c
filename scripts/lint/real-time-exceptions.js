// Files that may set timers of the real clock, each with its reason. The rule is in real-time.js.

export const mostRealTimeExceptions = 20;

export const realTimeExceptions = [
  [
    "test/interop/network.test.ts",
    "A packet that is dropped has no event: a program waits for the silence.",
  ],
  ["test/support/gateway.ts", "A handshake that a router drops has no event: it is tried again."],
  ["test/support/clients/slow_readers.mjs", "Peers that read 200 bytes a second are the subject."],
  ["test/support/load/busy-generator.ts", "A thread without time is the subject."],
  ["test/support/load/drive-load.ts", "The pace of a load is real time."],
  ["test/packages/house-rules.test.ts", "Texts that the rule finds."],
  ["test/support/programs/process.ts", "Kills a program that does not end when it is asked to."],
  [
    "test/chaos/fixtures/crashing-engine.worker.ts",
    "A thread that blocks looks for the message that ends the block.",
  ],
  ["test/faults/two-disks.test.ts", "Rates are compared over seconds, in the long lanes."],
  [
    "test/fixtures/state-folder/make.ts",
    "Shows how an earlier commit wrote its state; nothing runs it.",
  ],
  ["test/integration/failing-modules.test.ts", "A module that fails after its call has returned."],
  [
    "test/integration/fixtures/blocked-magnet.ts",
    "A thread that is blocked for seconds is the subject.",
  ],
  ["test/integration/load-test.test.ts", "The library wants a signal; this one never fires."],
  ["test/support/datagrams/flood-thread.ts", "The rate of a flood is the subject."],
  ["test/support/swarm/paced-seeder.ts", "A seeder of a known rate is the subject."],
];
