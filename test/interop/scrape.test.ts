import test from "ava";
import { announceUrl } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { Opentracker } from "../support/clients/opentracker.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { infoHashOf, torrentBytes } from "../support/files/torrent-file.ts";
import { writePayload } from "../support/files/payload.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

test("opentracker counts the same seeder over HTTP and UDP", async (t) => {
  using folder = temporaryFolder("scrape");
  const plan = { folder: folder.path, name: "payload", pieceLengthBytes: 32_768, files: 65_536 };
  const payload = writePayload(plan);
  const infoHash = infoHashOf(payload);
  await using tracker = await Opentracker.start([infoHash]);
  const counters = { uploaded: 0, downloaded: 0, left: 0, numWant: 0 };
  const peerId = new Uint8Array(20).fill(0x41);
  const seeder = { infoHash: infoHash as InfoHash, peerId, port: 7001, key: "00000001" };
  await fetch(announceUrl(tracker.url, { ...seeder, ...counters, event: "started" }));
  const directory = folder.path;
  await using coordinator = await startEngine({
    directory,
    port: 0,
    bind: ["127.0.0.1"],
  });
  const urls = [tracker.url, tracker.url.replace("http:", "udp:")];
  const torrent = await coordinator.add(torrentBytes(payload, urls), { start: false });
  const counts = { complete: 1, downloaded: 0, incomplete: 0 };
  t.deepEqual(
    await torrent.scrape(),
    urls.map((url) => ({ url, ...counts })),
  );
});
