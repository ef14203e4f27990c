// First starts of a seeder with our own tracker, over HTTP and over UDP at once.

import test from "ava";
import { Swarm } from "../support/swarm/swarm.ts";
import { isLong } from "../support/lanes.ts";

const starts = isLong ? 20 : 3;
const shape = { pieceLengthBytes: 32_768, files: 500_001 };

test(`${starts} first starts of a seeder: its first announces, over HTTP and UDP, make it a seed of the tracker`, async (t) => {
  await using swarm = await Swarm.open(shape);
  const { tracker } = swarm;
  for (let start = 1; start <= starts; start++) {
    // The next seeder starts when the tracker has answered the last one.
    // oxlint-disable-next-line no-await-in-loop
    const { coordinator, record } = await swarm.join({
      folder: swarm.wholeFolder(),
      engine: { host: "inline" },
      torrent: { trackers: [tracker.udpUrl], start: false },
    });
    const answered = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<void>();
    record.torrent.on("tracker", ({ ok, url }) => {
      if (ok) answered.add(url);
      if (answered.size === 1) {
        const [known] = tracker.swarms();
        t.is(known?.peers.find(({ port }) => port === coordinator.port)?.leftBytes, 0);
        t.like(known, { complete: start, incomplete: 0 }, `start ${start}`);
      }
      if (answered.size === 2) resolve();
    });
    record.torrent.start();
    // oxlint-disable-next-line no-await-in-loop
    await promise;
    t.like(tracker.swarms()[0], { complete: start, incomplete: 0 }, `start ${start}`);
  }
});
