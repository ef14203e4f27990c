// Clocks that are set and machines that sleep: what is measured is measured on the monotonic clock.

import test from "ava";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { WatchedDownload } from "../support/simulated/engine/watch.ts";

const yearMs = 365 * 86_400_000;
const hourMs = 3_600_000;
const slow = { ...honestSeeder, leastServeMs: 150 };
const scenario = () => calmScenario(5, { peers: [slow, slow, { ...slow, lieChance: 1 }] });

/** When the torrent was whole, what the tracker heard, and who was gone meanwhile, for what reason. */
async function courseOf(disturb: (download: WatchedDownload) => void) {
  const download = await WatchedDownload.start(scenario());
  await download.run(5_000);
  disturb(download);
  await download.until(() => download.isWhole);
  const wholeMs = download.nowMs;
  await download.run(10 * 60_000);
  const { directory } = download.engine.jobOf(download.swarm.torrent) ?? {};
  return {
    isRight: await download.isRight(),
    wholeMs,
    heard: download.swarm.tracker.heard,
    partings: download.events.flatMap(({ atMs, event }) =>
      event.event === "peer" && !event.connected
        ? [`${atMs} ${event.address} ${event.reason}`]
        : [],
    ),
    isLiarBanned: directory?.isBanned("45.10.2.3", 6881, download.nowMs),
    download,
  };
}

for (const years of [5, -5]) {
  test(`setting the calendar by ${years} years changes nothing`, async (t) => {
    const { download: _, ...undisturbed } = await courseOf(() => {});
    t.true(undisturbed.isRight);
    t.true(undisturbed.isLiarBanned);
    const { download: __, ...disturbed } = await courseOf(({ swarm }) =>
      swarm.world.scheduler.setCalendar(years * yearMs),
    );
    t.deepEqual(disturbed, undisturbed);
  });
}

test("after eight hours of sleep without clock time the download continues within 15 s", async (t) => {
  // The monotonic clock of Linux does not count sleep; the other side has given the connections up meanwhile.
  const { isRight, download } = await courseOf(({ swarm, hosts }) => {
    swarm.world.scheduler.setCalendar(8 * hourMs);
    for (const host of hosts) swarm.world.network.cut(engineHost, host);
  });
  t.true(isRight);
  const met = download.hosts.map((host) => download.saidAtMs(host, true, 5_000) ?? Infinity);
  t.true(Math.min(...met) <= 20_000, met.join());
});

test("after eight hours of sleep with clock time the download continues, and no tracker is flooded", async (t) => {
  const { isRight, wholeMs, heard, download } = await courseOf(({ swarm, hosts }) => {
    swarm.world.scheduler.suspend(8 * hourMs);
    for (const host of hosts) swarm.world.network.cut(engineHost, host);
  });
  t.true(isRight);
  t.true(wholeMs <= 8 * hourMs + 90_000, `whole ${wholeMs - 8 * hourMs} ms after`);
  t.true(heard.length < 20, `no storm of announces: ${heard.join()}`);
  t.deepEqual(download.engine.crashes, []);
});
