import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "ava";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startTracker, type Tracker } from "@troupe/tracker";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

/** Ports of the peers that a tracker knows. */
function portsAt(tracker: Tracker): number[] {
  return tracker.swarms().flatMap(({ peers }) => peers.map(({ port }) => port));
}

test("L02: a tracker that replaces another in mid-download is announced to, the old one hears stopped", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 4 << 20 });
  const next = await startTracker({ host: "127.0.0.1" });
  try {
    const seeder = await swarm.pacedSeeder({ isShut: true });
    seeder.allow(1 << 20);
    await swarm.announce(seeder.port);
    const { coordinator, record } = await swarm.join();
    const { torrent } = record;
    await record.until("a piece", () => record.pieces.length > 0);
    t.true(portsAt(swarm.tracker).includes(coordinator.port));
    const answered: string[] = [];
    torrent.on("tracker", ({ url, ok }) => void (ok && answered.push(url)));
    torrent.set({ trackerTiers: [[next.url]] });
    await until("the new tracker answers", () => answered.includes(next.url));
    t.true(portsAt(next).includes(coordinator.port));
    await until(
      "the old tracker is told",
      () => !portsAt(swarm.tracker).includes(coordinator.port),
    );
    t.false(torrent.isComplete);
    const early = await t.throwsAsync(torrent.announce(), { code: "announce-too-early" });
    t.regex(early?.message ?? "", /takes the next announce in \d+ s$/);
    seeder.open();
    await torrent.completed;
    t.deepEqual(
      (await torrent.tiers()).map(({ urls }) => urls),
      [[next.url]],
    );
  } finally {
    await next.close();
  }
});

test("L03: a public torrent finds its seed by a tracker of a list, and a private torrent does not ask it", async (t) => {
  await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 1 << 20 });
  const seeder = await swarm.pacedSeeder();
  await swarm.announce(seeder.port);
  const list = join(swarm.folder("list").path, "trackers.txt");
  writeFileSync(list, `# of a web page\n\n${swarm.tracker.url}\n`);
  await using coordinator = await startEngine({ trackerList: list });
  t.like(coordinator.trackerList, { source: list, trackers: 1, skippedLines: 0 });
  const hidden = await coordinator.add(torrentBytes(swarm.payload, [], true), {
    directory: swarm.folder("private").path,
  });
  t.deepEqual(await hidden.tiers(), []);
  const torrent = await coordinator.add(torrentBytes(swarm.payload, []), {
    directory: swarm.folder("public").path,
  });
  await torrent.completed;
  await coordinator.setTrackerList(undefined);
  await until("the tracker is told", () => !portsAt(swarm.tracker).includes(coordinator.port));
  t.deepEqual(await torrent.tiers(), []);
});

test("L10: trackers are told another port and address than those of the connection, also when they change", async (t) => {
  const announced: string[] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://a").searchParams;
    announced.push(`${query.get("ip")} ${query.get("port")} ${query.get("event")}`);
    response.end("d8:intervali1800e5:peers0:e");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce`;
  try {
    await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 1 << 20 });
    const engine = { announcePort: 40_123, announceAddress: "198.51.100.7" };
    const { coordinator } = await swarm.join({ engine, torrent: { trackers: [url] } });
    t.is(coordinator.publicPort, 40_123);
    t.not(coordinator.port, 40_123);
    await until("the tracker is announced to", () =>
      announced.includes("198.51.100.7 40123 started"),
    );
    coordinator.set({ announcePort: 40_124, announceAddress: null });
    await until("the port is another", () => coordinator.publicPort === 40_124);
    await coordinator.close();
    t.true(announced.includes("null 40124 stopped"), announced.join());
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
