import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { startTracker, type Tracker } from "@troupe/tracker";
import { Swarm } from "../support/swarm/swarm.ts";

/** Ports of the peers that a tracker knows. */
function portsAt(tracker: Tracker): number[] {
  return tracker.swarms().flatMap(({ peers }) => peers.map(({ port }) => port));
}

async function untilTrue(isTrue: () => boolean): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop
  while (!isTrue()) await sleep(20);
}

test("L02: a tracker that replaces another in mid-download is announced to, the old one hears stopped", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 4 << 20 });
  const next = await startTracker({ host: "127.0.0.1" });
  try {
    const seeder = await swarm.pacedSeeder({ bytesPerSecond: 1 << 20 });
    await swarm.announce(seeder.port);
    const { coordinator, record } = await swarm.join();
    const { torrent } = record;
    await untilTrue(() => torrent.progress.haveBytes > 0);
    t.true(portsAt(swarm.tracker).includes(coordinator.port));
    torrent.set({ trackerTiers: [[next.url]] });
    await untilTrue(() => portsAt(next).includes(coordinator.port));
    await untilTrue(() => !portsAt(swarm.tracker).includes(coordinator.port));
    t.false(torrent.isComplete);
    const early = await t.throwsAsync(torrent.announce(), { code: "announce-too-early" });
    t.regex(early?.message ?? "", /takes the next announce in \d+ s$/);
    await torrent.completed;
    t.deepEqual(
      (await torrent.tiers()).map(({ urls }) => urls),
      [[next.url]],
    );
  } finally {
    await next.close();
  }
});
