// A player that jumps: the piece at its new place comes soon after the deadlines are set, although requests are queued.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { describeTimes, percentile } from "../support/simulated/dht/percentiles.ts";
import { FairSwarm } from "../support/simulated/fairness/fair-swarm.ts";
import { seekAtRandom } from "../support/simulated/fairness/seeker.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";

const bytesPerSecond = 800_000;
const roundTripMs = 50;
const seeks = isLong ? 100 : 10;
const blocksPerSecond = bytesPerSecond / 16_384;
const wide = { upBytesPerSecond: 10_000_000, downBytesPerSecond: 10_000_000 };
const offering: PeerScript = { ...honestSeeder, metadata: { answers: "rightly" } };

/** Clients with an upload limit: each serves its requests in turn, and drops those that are cancelled. */
function limitedPeers(count: number) {
  const leastServeMs = (1_000 * count) / blocksPerSecond;
  const script = { ...offering, leastServeMs, serveJitterMs: 0 };
  return Array.from({ length: count }, () => ({ script, line: wide }));
}

/** A client on a slow line: it has sent what was requested before a cancel comes. */
const peerOnSlowLine = { script: offering, line: { ...wide, upBytesPerSecond: bytesPerSecond } };

for (const [what, peers, peerWorkers] of [
  ["one peer with an upload limit", limitedPeers(1), 1],
  ["five peers with an upload limit, two peer-workers", limitedPeers(5), 2],
  ["one peer on a slow line", [peerOnSlowLine], 1],
] as const) {
  for (const isMagnet of [false, true]) {
    const source = isMagnet ? "magnet" : ".torrent";
    test.serial(
      `${seeks} seeks in a ${source}, 0.8 MB/s of ${what}: p95 is under 2.05 s`,
      async (t) => {
        const swarm = new FairSwarm({
          seed: 1,
          lengthBytes: 2_200_000 * seeks,
          pieceLengthBytes: 262_144,
          peerWorkers,
          line: wide,
        });
        for (const { script, line } of peers) await swarm.addScripted(script, line);
        const leecher = isMagnet ? await swarm.addLeecherByLink() : await swarm.addLeecher();
        await swarm.run(10_000);
        const tookMs = await seekAtRandom(swarm, leecher, { seeks, bytesPerSecond, pieces: 4 });
        t.log(`${describeTimes(tookMs)}, ${leecher.wastedBytes} bytes wasted`);
        t.true(percentile(tookMs, 95) <= 2_000 + roundTripMs, describeTimes(tookMs));
        t.true(
          leecher.wastedBytes < leecher.receivedBytes / 50,
          `${leecher.wastedBytes} bytes wasted`,
        );
      },
    );
  }
}
