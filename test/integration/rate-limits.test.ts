// Rate limits of engines in threads, which share memory with their peer-workers.

import test from "ava";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 16 * pieceLengthBytes };

test("a download waits for the limit of its torrent, then for that of all torrents, and completes without limits", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const { coordinator: seeder } = await swarm.seed({ torrent: { useTrackers: false } });
  const peers = [{ host: "127.0.0.1", port: seeder.port }];
  const { coordinator, record } = await swarm.join({
    torrent: { useTrackers: false, peers, limits: { down: 1_000 } },
  });
  const { torrent } = record;
  const waitsFor = async (limit: string): Promise<void> => {
    for (let why = await torrent.why(); !why.message.includes(limit); why = await torrent.why())
      // oxlint-disable-next-line no-await-in-loop
      await new Promise((resolve) => torrent.once("progress", resolve));
  };
  await waitsFor("the download limit of this torrent is reached");
  // The limit has saved up no more than a block.
  t.true(torrent.downloaded < shape.files / 4, `${torrent.downloaded} bytes`);
  coordinator.setLimits({ down: 2_000 });
  torrent.setLimits({});
  await waitsFor("the download limit of all torrents is reached");
  t.deepEqual([torrent.limits, coordinator.limits], [{}, { down: 2_000 }]);
  t.false(torrent.isComplete);
  coordinator.setLimits({});
  await torrent.completed;
  t.is(torrent.downloaded, shape.files);
});

test("a torrent that is restored has its limits", async (t) => {
  await using swarm = await Swarm.open(shape, { host: "threads" });
  const stateDirectory = swarm.folder("state").path;
  const { coordinator, record } = await swarm.seed({
    engine: { stateDirectory },
    torrent: { useTrackers: false, limits: { down: 5_000 } },
  });
  record.torrent.setLimits({ up: 6_000, peerUp: 2_000 });
  await coordinator.close();
  await using next = await startEngine({
    host: "threads",
    port: 0,
    bind: ["127.0.0.1"],
    stateDirectory,
  });
  const { torrents } = await next.restore();
  t.deepEqual(torrents[0]?.limits, { up: 6_000, peerUp: 2_000 });
});
