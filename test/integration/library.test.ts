// The library as its users call it: several engines in one process, both hosts, what is refused and how it is told, and
// ways to say that something is not wanted any more.

import { createServer as createHttpServer } from "node:http";
import { networkInterfaces } from "node:os";
import type { AddressInfo } from "node:net";
import test from "ava";
import {
  Coordinator,
  StripKind,
  stripKinds,
  type CoordinatorOptions,
  type TorrentUserEvent,
} from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Swarm } from "../support/swarm/swarm.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { quiet } from "../support/swarm/quiet.ts";
import { startEngine } from "../support/swarm/start-engine.ts";

const shape = { pieceLengthBytes: 16 * 1024, files: 64 * 16 * 1024 };
const local = { ...quiet, port: 0, bind: ["127.0.0.1"] } as const;

const shares = test.macro<[seeding: "threads" | "inline", leeching: "threads" | "inline"]>({
  title: (_, seeding, leeching) =>
    `two engines of one process, one ${seeding}, one ${leeching}, find each other by a tracker`,
  async exec(t, seeding, leeching) {
    await using swarm = await Swarm.open(shape);
    await swarm.seed({ engine: { host: seeding } });
    const { record, folder, coordinator } = await swarm.join({ engine: { host: leeching } });
    await record.torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    const { torrent } = record;
    t.is(torrent.left, 0);
    t.true(torrent.isComplete);
    t.deepEqual(
      [...torrent.bitfield],
      Array.from({ length: 8 }, () => 0xff),
    );
    t.deepEqual(coordinator.torrents, [torrent]);
  },
});

test(shares, "threads", "threads");
test(shares, "threads", "inline");
test(shares, "inline", "threads");
test(shares, "inline", "inline");

test("one engine has several torrents at once, each in its own folder", async (t) => {
  await using first = await Swarm.open(shape);
  await using second = await Swarm.open({
    pieceLengthBytes: 16_384,
    files: [
      { path: ["a"], lengthBytes: 100_000 },
      { path: ["empty"], lengthBytes: 0 },
      { path: ["b", "c"], lengthBytes: 500_001 },
    ],
  });
  await Promise.all([first.seed({ engine: { host: "inline" } }), second.seed()]);
  // Threads that load the sources, as they do after a change of a source.
  await using coordinator = await Coordinator.start(local);
  const folders = [first.folder("first").path, second.folder("second").path] as const;
  const torrents = [
    await coordinator.add(first.metainfo, { directory: folders[0] }),
    await coordinator.add(second.metainfo, { directory: folders[1] }),
  ];
  await Promise.all(torrents.map(async ({ completed }) => await completed));
  await assertSameFiles(t, first.payload, folders[0]);
  await assertSameFiles(t, second.payload, folders[1]);
});

test("a torrent that was added before is refused with torrent-exists", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator, record } = await swarm.join();
  await t.throwsAsync(coordinator.add(swarm.metainfo), { code: "torrent-exists" });
  t.deepEqual(coordinator.torrents, [record.torrent]);

  await record.torrent.remove();
  await t.throwsAsync(record.torrent.completed, { code: "torrent-stopped" });
  await t.throwsAsync(record.torrent.status(), { code: "no-torrent" });
  const again = await coordinator.add(swarm.metainfo, { directory: swarm.folder("again").path });
  t.is(again.infoHash, record.torrent.infoHash);
});

test("why() gives the reason that limits the speed, and `why` is emitted when it changes", async (t) => {
  await using swarm = await Swarm.open(shape);
  await using coordinator = await startEngine(local);
  const directory = swarm.folder("alone").path;
  const torrent = await coordinator.add(swarm.metainfo, { directory, useTrackers: false });
  const told = await new Promise<TorrentUserEvent>((resolve) => {
    torrent.on("why", resolve);
  });
  t.like(told, { event: "why", code: "no-peers-known" });
  t.is((await torrent.why()).code, "no-peers-known");
  const { why, strip } = await torrent.status();
  t.is(why.code, "no-peers-known");
  t.is(strip.length, stripKinds * torrent.pieceCount);
  t.true(strip.every((share, at) => share === (at % stripKinds === StripKind.nobodyHas ? 255 : 0)));
  await torrent.stop();
  t.is((await torrent.why()).code, "stopped");
});

test("a start on a port in use is refused with port-in-use and leaves no thread", async (t) => {
  await using first = await startEngine(local);
  const options: CoordinatorOptions = { ...local, host: "threads", port: first.port };
  await t.throwsAsync(startEngine(options), { code: "port-in-use" });
  await t.throwsAsync(startEngine({ ...options, host: "inline" }), { code: "port-in-use" });
  await using other = await startEngine({ ...options, port: [first.port, 0] });
  t.not(other.port, first.port);
});

test("a start whose signal aborts starts no engine", async (t) => {
  const threads = { ...local, host: "threads" } as const;
  await t.throwsAsync(startEngine({ ...threads, signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  const controller = new AbortController();
  const starting = startEngine({ ...threads, signal: controller.signal });
  controller.abort();
  await t.throwsAsync(starting, { name: "AbortError" });
});

test("an add whose signal aborts leaves no torrent", async (t) => {
  await using coordinator = await startEngine(local);
  using folder = temporaryFolder("library");
  await using swarm = await Swarm.open(shape);
  const options = { directory: folder.path };
  const adding = coordinator.add(swarm.metainfo, { ...options, signal: AbortSignal.abort() });
  await t.throwsAsync(adding, { name: "AbortError" });

  const silent = createHttpServer();
  await new Promise<void>((resolve) => silent.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const asked = new Promise((resolve) => silent.once("request", resolve));
  const { port } = silent.address() as AddressInfo;
  const controller = new AbortController();
  const fetching = coordinator.add(`http://127.0.0.1:${port}/job.torrent`, {
    ...options,
    signal: controller.signal,
  });
  await asked;
  controller.abort();
  await t.throwsAsync(fetching);
  silent.closeAllConnections();
  silent.close();
  t.deepEqual(coordinator.torrents, []);
});

test("events() yields every event until the torrent is stopped", async (t) => {
  await using swarm = await Swarm.open(shape);
  await swarm.seed({ engine: { host: "inline" } });
  const { record } = await swarm.join({ torrent: { start: false } });
  const { torrent } = record;
  const seen: TorrentUserEvent["event"][] = [];
  torrent.start();
  for await (const event of torrent.events()) {
    seen.push(event.event);
    if (event.event === "complete") void torrent.stop();
  }
  t.is(seen.at(-1), "stopped");
  t.is(seen.filter((event) => event === "piece").length, 64);
});

const hasIp6 = Object.values(networkInterfaces())
  .flat()
  .some((network) => network?.address === "::1");

(hasIp6 ? test : test.skip)("peers are found and served over IPv6", async (t) => {
  await using swarm = await Swarm.open(shape);
  const alone = { useTrackers: false };
  const seeder = await swarm.seed({ engine: { bind: ["::1"] }, torrent: alone });
  const peers = [{ host: "::1", port: seeder.coordinator.port }];
  const { record, folder } = await swarm.join({
    engine: { bind: ["::1"] },
    torrent: { ...alone, peers },
  });
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  t.is(record.peers[0]?.address, `[::1]:${seeder.coordinator.port}`);
});

test("a torrent is downloaded from a peer that is added while it runs", async (t) => {
  await using swarm = await Swarm.open(shape);
  const seeder = await swarm.pacedSeeder();
  const { record, folder } = await swarm.join({ torrent: { useTrackers: false } });
  await record.until("that it runs", () => record.states.includes("active"));
  record.torrent.addPeer(seeder);
  await record.torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
});
