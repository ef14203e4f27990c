import { testReading, wide } from "../support/simulated/reading/test-reading.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";

// Clients with an upload limit serve requests in turn, and drop those that are cancelled.
testReading("F04: from peers with an upload limit", ["256 KiB", "4 MiB"], (rate) => ({
  script: { ...honestSeeder, leastServeMs: 16_384_000 / rate, serveJitterMs: 0 },
  line: wide,
}));
