// A torrent that is added again: it takes over what the second source has and it lacks.

import test from "ava";
import { Coordinator, TroupeError } from "@troupe/coordinator";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const shape = { pieceLengthBytes: 32 * 1024, files: 500_001 };
const local = { ...quiet, port: 0, bind: ["127.0.0.1"], host: "inline" } as const;

/** What the torrent has taken over. */
async function tookOf(adding: Promise<unknown>): Promise<unknown> {
  try {
    await adding;
  } catch (error) {
    if (error instanceof TroupeError && error.code === "torrent-exists")
      return error.details["took"];
    throw error;
  }
  throw new Error("it was added");
}

test("L04: a torrent takes over the trackers, web seeds and peers of a second source", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { tracker } = swarm;
  const { coordinator: seed } = await swarm.seed({ engine: { host: "inline" } });
  const [directory, stateDirectory] = [swarm.folder("data").path, swarm.folder("state").path];
  const first = "http://127.0.0.1:9/announce";
  {
    await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
    const torrent = await coordinator.add(torrentBytes(swarm.payload, [first]));
    const link = `magnet:?xt=urn:btih:${swarm.infoHash}&tr=${tracker.url}&ws=http://192.0.2.1/a&x.pe=127.0.0.1:${seed.port}`;
    t.deepEqual(await tookOf(coordinator.add(link)), {
      trackers: [tracker.url],
      webSeeds: ["http://192.0.2.1/a"],
      peers: 1,
      metadata: false,
    });
    await torrent.completed;
    const urls = (await torrent.tiers()).flatMap((tier) => tier.urls);
    t.deepEqual(urls.toSorted(), [first, tracker.url].toSorted());
    t.deepEqual(
      (await torrent.webSeeds()).map(({ url }) => url),
      ["http://192.0.2.1/a"],
    );
    const known = () => tracker.swarms().reduce((sum, { peers }) => sum + peers.length, 0);
    await until("the tracker knows both", () => known() >= 2);
    const again = await tookOf(coordinator.add(link));
    t.deepEqual(again, { trackers: [], webSeeds: [], peers: 0, metadata: false });
  }
  await using coordinator = await Coordinator.start({ ...local, directory, stateDirectory });
  const [torrent] = (await coordinator.restore()).torrents;
  const urls = (await torrent?.tiers())?.flatMap((tier) => tier.urls) ?? [];
  t.true(urls.includes(tracker.url), "they are kept over a restart");
});

test("L04: a magnet that waits gets its metadata of a .torrent", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator: seed } = await swarm.seed({ engine: { host: "inline" } });
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const torrent = await coordinator.add(`magnet:?xt=urn:btih:${swarm.infoHash}`);
  const source = torrentBytes(swarm.payload, []);
  t.like(await tookOf(coordinator.add(source)), { metadata: true });
  await torrent.metadata;
  t.is(torrent.size, 500_001);
  torrent.addPeer({ host: "127.0.0.1", port: seed.port });
  await torrent.completed;
});

test("L04: a stopped magnet has the metadata of a .torrent at its start", async (t) => {
  await using swarm = await Swarm.open(shape);
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const link = `magnet:?xt=urn:btih:${swarm.infoHash}`;
  const torrent = await coordinator.add(link, { start: false });
  t.like(await tookOf(coordinator.add(torrentBytes(swarm.payload, []))), { metadata: true });
  torrent.start();
  await torrent.metadata;
  t.is(torrent.size, 500_001);
});

test("L04: a torrent that takes over trackers of a program elsewhere reaches no local host afterwards", async (t) => {
  await using swarm = await Swarm.open(shape);
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const torrent = await coordinator.add(torrentBytes(swarm.payload, []), { start: false });
  const { url } = swarm.tracker;
  const other = torrentBytes(swarm.payload, [url]);
  t.like(await tookOf(coordinator.add(other, { useLocalHosts: false })), { trackers: [url] });
  t.like((await torrent.scrape())[0], { url, error: { code: "http-redirect-refused" } });
  torrent.set({ useLocalHosts: true });
  t.deepEqual(await torrent.scrape(), [{ url, complete: 0, downloaded: 0, incomplete: 0 }]);
});

test("L04: a private torrent takes nothing over", async (t) => {
  await using swarm = await Swarm.open(shape);
  const directory = swarm.folder("data").path;
  await using coordinator = await Coordinator.start({ ...local, directory });
  const own = "http://127.0.0.1:9/announce";
  const source = torrentBytes(swarm.payload, [own], true);
  const torrent = await coordinator.add(source);
  const link = `magnet:?xt=urn:btih:${torrent.infoHash}&tr=http://127.0.0.1:10/announce&ws=http://192.0.2.1/a&x.pe=127.0.0.1:11`;
  t.deepEqual(await tookOf(coordinator.add(link)), {
    trackers: [],
    webSeeds: [],
    peers: 0,
    metadata: false,
  });
  t.deepEqual(
    (await torrent.tiers()).flatMap((tier) => tier.urls),
    [own],
  );
});
