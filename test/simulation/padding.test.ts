// Torrents with padding files (BEP 47): zeros that are neither requested nor on any disk.

import test from "ava";
import { runDownload, stopAndLook, untilWhole } from "../support/simulated/runs/download.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";
import { honestWebSeed } from "../support/simulated/swarm/web-seed.ts";

const pieceLengthBytes = 65_536;
/** Two files with padding behind them, one with a piece of padding alone, and a third file. */
const fileLengths = [
  100_000,
  2 * pieceLengthBytes - 100_000,
  16_384,
  2 * pieceLengthBytes - 16_384,
  70_001,
];
const paddingFiles = [1, 3];
const dataBytes = 100_000 + 16_384 + 70_001;

for (const peerWorkers of [1, 3]) {
  test(`A18: padding goes neither over the wire nor to the disk, peer-workers: ${peerWorkers}`, async (t) => {
    const swarm = new SimulatedSwarm(
      calmScenario(1, { pieceLengthBytes, fileLengths, paddingFiles }),
    );
    const { world, torrent } = swarm;
    const isData = (_: unknown, file: number): boolean => !paddingFiles.includes(file);
    const seeder = await swarm.addEngine("45.10.0.1", { peerWorkers });
    swarm.fillDisk(seeder.machine, torrent.files.filter(isData));
    await world.settle(seeder.add(torrent, "seed-only"));
    const leecher = await swarm.addEngine("45.10.0.2", { peerWorkers });
    await world.settle(leecher.add(torrent));
    await untilWhole([swarm], [leecher], { seed: 1, kills: [] });
    await swarm.settle();
    const sha256 = new DiskView(leecher, torrent).sha256();
    t.deepEqual(sha256, rightSha256(torrent));
    t.deepEqual(
      [...sha256.keys()].filter((file) => sha256[file] === "absent"),
      paddingFiles,
    );
    t.is(leecher.jobOf(torrent)?.content.traffic.total("downloadedBytes"), dataBytes);
    t.is(seeder.jobOf(torrent)?.content.traffic.total("uploadedBytes"), dataBytes);
    const figures = leecher.events.filter(({ event }) => event === "progress");
    t.like(figures.at(-1), { haveBytes: dataBytes, wantedBytes: dataBytes });
    t.deepEqual(await stopAndLook(swarm, leecher), []);
  });
}

test("a web server is asked for no padding", async (t) => {
  const { swarm, engine, violations } = await runDownload(
    calmScenario(1, {
      pieceLengthBytes,
      fileLengths,
      paddingFiles,
      peers: [],
      webSeed: honestWebSeed,
    }),
  );
  t.deepEqual(violations, []);
  t.true((swarm.webSeed?.served ?? 0) > 0);
  const downloaded = engine.events.flatMap((event) =>
    event.event === "progress" ? [event.downloadedBytes] : [],
  );
  t.is(Math.max(...downloaded), dataBytes);
});
