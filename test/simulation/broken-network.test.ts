// Networks that fail while a download runs: cut for a while, slow from one moment to the next, or gone without a word.

import test from "ava";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { calmScenario, engineHost } from "../support/simulated/runs/scenario.ts";
import { isLong } from "../support/lanes.ts";
import { seedsFor } from "../support/seeds.ts";
import { WatchedDownload } from "../support/simulated/engine/watch.ts";

/** About twenty seconds for the whole with two of them. */
const slow = { ...honestSeeder, leastServeMs: 150 };
const secondMs = 1_000;

for (const seed of seedsFor(isLong ? 2 : 1)) {
  test.serial(`a line that is cut for 30 s is used again within 15 s, seed ${seed}`, async (t) => {
    const download = await WatchedDownload.start(calmScenario(seed, { peers: [slow, slow] }));
    const { world } = download.swarm;
    await download.run((3 + (seed % 14)) * secondMs);
    download.setBlackHole(download.hosts, true);
    for (const host of download.hosts) world.network.cut(engineHost, host);
    await download.run(30 * secondMs);
    const backMs = download.nowMs;
    download.setBlackHole(download.hosts, false);
    await download.until(() => download.isWhole);
    const met = download.hosts.map((host) => download.saidAtMs(host, true, backMs) ?? Infinity);
    t.true(Math.min(...met) <= backMs + 15 * secondMs, `${met.join()} after ${backMs}`);
    t.true(await download.isRight());
  });

  test.serial(`a line that is silent for 30 s loses no bytes, seed ${seed}`, async (t) => {
    const download = await WatchedDownload.start(calmScenario(seed, { peers: [slow, slow] }));
    await download.run((3 + (seed % 14)) * secondMs);
    download.setBlackHole(download.hosts, true);
    await download.run(30 * secondMs);
    const backMs = download.nowMs;
    download.setBlackHole(download.hosts, false);
    await download.until(() => download.isWhole);
    t.true(download.nowMs <= backMs + 60 * secondMs, `${download.nowMs - backMs} ms after`);
    t.deepEqual(
      download.hosts.map((host) => download.saidAtMs(host, false)),
      [undefined, undefined],
      "the connections have outlived it",
    );
    t.true(await download.isRight());
  });

  test.serial(
    `a delay that rises to half a second at once does not stop a download, seed ${seed}`,
    async (t) => {
      const download = await WatchedDownload.start(calmScenario(seed, { peers: [slow, slow] }));
      const { network } = download.swarm.world;
      await download.run(4 * secondMs);
      for (const host of download.hosts) {
        network.setConditions(engineHost, host, { latencyMs: 500, jitterMs: 100 });
      }
      await download.until(() => download.isWhole);
      t.true(download.nowMs <= 40 * secondMs, `${download.nowMs} ms`);
      t.true(await download.isRight());
    },
  );

  test.serial(`requests to a vanished peer go to others, seed ${seed}`, async (t) => {
    const download = await WatchedDownload.start(calmScenario(seed, { peers: [slow, slow] }));
    const [gone = ""] = download.hosts;
    await download.run((2 + (seed % 14)) * secondMs);
    const goneMs = download.nowMs;
    download.setBlackHole([gone], true);
    // Alone the other one needs about forty seconds for the rest.
    await download.until(() => download.isWhole);
    t.true(download.nowMs <= goneMs + 100 * secondMs, `${download.nowMs - goneMs} ms after`);
    t.true(await download.isRight());
    await download.until(() => download.saidAtMs(gone, false) !== undefined);
    const closedMs = download.saidAtMs(gone, false) ?? Infinity;
    t.true(closedMs <= goneMs + 152 * secondMs, `closed after ${closedMs - goneMs} ms`);
  });
}

test("requests to a vanished peer go to others within a minute", async (t) => {
  const download = await WatchedDownload.start(calmScenario(1, { peers: [slow, slow, slow] }));
  const [gone = ""] = download.hosts;
  await download.run(3 * secondMs);
  const owed = (): number => {
    const [worker] = download.engine.workers;
    const [torrent] = worker?.torrents.values() ?? [];
    const session = [...(torrent?.sessions ?? [])].find(({ identity }) => identity.host === gone);
    return session?.blocksOut ?? 0;
  };
  t.true(owed() > 1);
  const goneMs = download.nowMs;
  download.setBlackHole([gone], true);
  await download.until(() => owed() <= 1);
  t.true(download.nowMs <= goneMs + 60 * secondMs, `${download.nowMs - goneMs} ms after`);
});
