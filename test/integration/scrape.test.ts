import test from "ava";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

test("a stopped torrent scrapes its trackers over HTTP and UDP without joining the swarm", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 64 * 1024 });
  const { tracker, payload, infoHash } = swarm;
  await swarm.announce(7001);
  const folder = swarm.folder("scrape");
  await using coordinator = await startEngine({
    directory: folder.path,
    port: 0,
    bind: ["127.0.0.1"],
  });
  const dead = "http://127.0.0.1:9/announce";
  const metainfo = torrentBytes(payload, [tracker.url, tracker.udpUrl, dead]);
  const torrent = await coordinator.add(metainfo, { start: false });
  const lines = await torrent.scrape();
  const counts = { complete: 1, downloaded: 0, incomplete: 0 };
  t.deepEqual(lines.slice(0, 2), [
    { url: tracker.url, ...counts },
    { url: tracker.udpUrl, ...counts },
  ]);
  t.like(lines[2], { url: dead, error: { code: "http-failed" } });
  const swarms = tracker.swarms().filter((each) => each.infoHash === infoHash);
  t.is(swarms[0]?.peers.length, 1);
});
