// Stores that break their promise, around the store that is tried: each gives its own torrent an error, and the torrent in
// the folder beside it is downloaded. With the whole store the torrent goes on.

import test from "ava";
import type { Torrent } from "@troupe/coordinator";
import { brokenStores, wholeStore } from "../support/programs/broken-stores.ts";
import { until } from "../support/time/until.ts";
import { writeModule } from "../support/programs/modules.ts";
import { freshShape } from "../support/programs/tried-stores.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

/** The code of the error of a torrent. */
const errorOf = (torrent: Torrent) =>
  new Promise<string>((resolve) => {
    torrent.once("error", ({ code }) => resolve(code));
  });

for (const [title, code, text] of brokenStores) {
  test.serial(
    `E12: a store that ${title} gives its torrent the error \`${code}\` alone`,
    async (t) => {
      await using bad = await Swarm.open(freshShape(24));
      await using good = await Swarm.open(freshShape(25));
      await using coordinator = await startEngine({
        host: "threads",
        directory: bad.folder("data").path,
        port: 0,
        bind: ["127.0.0.1"],
        peerWorkers: 1,
      });
      const seeds = [await bad.pacedSeeder(), await good.pacedSeeder()];
      const [badPeers, goodPeers] = seeds.map(({ host, port }) => [{ host, port }]);
      const store = writeModule(bad.folder("modules").path, "bad.mjs", text);
      const options = { useTrackers: false, start: false, modules: { store } };
      const torrent = await coordinator.add(bad.metainfo, { ...options, peers: badPeers ?? [] });
      const failed = errorOf(torrent);
      const pieces: number[] = [];
      torrent.on("piece", ({ index, verified }) => void (verified && pieces.push(index)));
      torrent.start();
      const healthy = await coordinator.add(good.metainfo, {
        useTrackers: false,
        peers: goodPeers ?? [],
        directory: good.folder("data").path,
      });
      await healthy.completed;
      t.is(await failed, code);
      // Only a store that fails between two calls has had pieces.
      if (code !== "store-crashed") t.deepEqual(pieces, []);
      t.is(healthy.fault, undefined);
      // The thread of a module that never returns stays in its call; the engine ends it.
      if (title.startsWith("never returns")) return;
      torrent.setModules({ store: wholeStore });
      torrent.start();
      // A store that failed late had all pieces before: `completed` may be settled.
      const isWhole = (): boolean => torrent.fault === undefined && torrent.isComplete;
      await t.notThrowsAsync(until("the torrent is complete", async () => isWhole()));
    },
  );
}
