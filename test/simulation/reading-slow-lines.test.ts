import { testReading, wide } from "../support/simulated/reading/test-reading.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";

// Clients on a slow line have sent what was requested before a cancel comes.
testReading("F04: from peers on slow lines", ["1 MiB"], (rate) => ({
  script: honestSeeder,
  line: { ...wide, upBytesPerSecond: rate },
}));
