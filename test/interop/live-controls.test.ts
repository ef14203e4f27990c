// Controls of running torrents by the library, beside libtorrent, opentracker and nginx.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Torrent } from "@troupe/coordinator";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Nginx } from "../support/clients/nginx.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 16 << 20 };
/** Bytes a second of a libtorrent peer: the download takes long enough for a control to meet it half way. */
const upLimit = 1 << 20;

/** Writes the .torrent into a folder of its own. */
function torrentFile(swarm: Swarm, trackers: readonly string[] = []): string {
  const path = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(path, torrentBytes(swarm.payload, trackers));
  return path;
}

interface SlowSeed {
  readonly seeder: Libtorrent;
  readonly peer: { readonly host: string; readonly port: number };
}

/** A libtorrent seed with an upload limit. */
async function slowSeed(
  swarm: Swarm,
  { host = "127.0.0.1", trackers = [] as readonly string[] } = {},
): Promise<SlowSeed> {
  const { folder } = swarm.payload;
  const torrent = torrentFile(swarm, trackers);
  const seeder = swarm.use(await Libtorrent.seed({ torrent, folder, host, upLimit }));
  return { seeder, peer: { host, port: await seeder.port() } };
}

/** Settles once the torrent has a piece, and lacks pieces. */
async function untilHalfWay(t: ExecutionContext, { torrent }: Member["record"]): Promise<void> {
  await until("a piece", () => torrent.progress.haveBytes > 0);
  t.false(torrent.isComplete);
}

async function peerHosts(torrent: Torrent): Promise<readonly string[]> {
  return (await torrent.peers()).map(({ host }) => host);
}

test.serial(
  "L02: opentracker that is replaced in mid-download hears stopped, and the next opentracker names its seed",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { infoHash } = swarm;
    const old = swarm.use(await Opentracker.start([infoHash]));
    const next = swarm.use(await Opentracker.start([infoHash]));
    const seeds = [
      await slowSeed(swarm, { trackers: [old.url] }),
      await slowSeed(swarm, { trackers: [next.url] }),
    ];
    await old.knowsSeeder(infoHash);
    await next.knowsSeeder(infoHash);
    const { record, folder } = await swarm.join({ torrent: { trackerTiers: [[old.url]] } });
    const { torrent } = record;
    await untilHalfWay(t, record);
    t.is((await old.scrape(infoHash)).incomplete, 1);
    t.is((await next.scrape(infoHash)).incomplete, 0);

    torrent.set({ trackerTiers: [[next.url.replace("http:", "udp:")]] });
    await until("an announce", async () => (await next.scrape(infoHash)).incomplete === 1);
    await until("stopped", async () => (await old.scrape(infoHash)).incomplete === 0);
    t.false(torrent.isComplete);
    await torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    for (const { seeder } of seeds) t.true((await seeder.figures()).uploaded > 0);
  },
);

test.serial(
  "L01: opentracker that was just announced to is not asked again before its time",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { infoHash } = swarm;
    const tracker = swarm.use(await Opentracker.start([infoHash]));
    const { record } = await swarm.join({ torrent: { trackerTiers: [[tracker.url]] } });
    const { torrent } = record;
    await until("the answer", async () =>
      (await torrent.tiers()).some(({ trackers }) =>
        trackers.some(({ nextInSeconds = 0 }) => nextInSeconds > 0),
      ),
    );
    const refusal = await t.throwsAsync(torrent.announce(), { code: "announce-too-early" });
    t.regex(refusal?.message ?? "", /takes the next announce in \d+ s/);
  },
);

test.serial("L02: nginx that is added in mid-download gives what libtorrent has not", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder, peer } = await slowSeed(swarm);
  const nginx = swarm.use(await Nginx.start(swarm.payload.folder));
  const torrentOptions = { useTrackers: false, peers: [peer] };
  const { record, folder } = await swarm.join({ torrent: torrentOptions });
  const { torrent } = record;
  await untilHalfWay(t, record);
  t.deepEqual(nginx.requests(), []);

  torrent.set({ webSeeds: [nginx.url] });
  await torrent.completed;
  await assertSameFiles(t, swarm.payload, folder);
  const fromWeb = nginx.requests().reduce((sum, { bytes }) => sum + bytes, 0);
  t.true(fromWeb > 0 && (await seeder.figures()).uploaded > 0);
});

test.serial(
  "L05: a banned libtorrent stays away whether opentracker, a user or its own dial brings it, also after a restart",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { infoHash } = swarm;
    const tracker = swarm.use(await Opentracker.start([infoHash]));
    const trackers = [tracker.url];
    const banned = await slowSeed(swarm, { host: "127.0.0.2", trackers });
    const other = await slowSeed(swarm, { trackers });
    const stateDirectory = swarm.folder("state").path;
    const folder = swarm.folder("leecher").path;
    const joining = {
      engine: { bind: ["0.0.0.0"], stateDirectory },
      torrent: { trackerTiers: [[tracker.url]], peers: [banned.peer, other.peer] },
      folder,
    };
    {
      const { coordinator, record } = await swarm.join(joining);
      const { torrent } = record;
      const hasBoth = async () => (await peerHosts(torrent)).includes("127.0.0.2");
      await until("the peer that is to be banned", hasBoth);
      await untilHalfWay(t, record);
      await coordinator.ban(["127.0.0.2"]);
      await until("its end", async () => !(await peerHosts(torrent)).includes("127.0.0.2"));
      torrent.addPeer(banned.peer);
      await coordinator.close();
    }
    const before = (await banned.seeder.figures()).uploaded;
    const { coordinator, record } = await swarm.join(joining);
    const { torrent } = record;
    await using dialler = await Libtorrent.leech({
      torrent: torrentFile(swarm),
      folder: swarm.folder("dialler").path,
      host: "127.0.0.2",
      peer: { host: "127.0.0.1", port: coordinator.port },
    });
    await torrent.completed;
    t.false(record.peers.some(({ address }) => address.startsWith("127.0.0.2:")));
    t.is((await banned.seeder.figures()).uploaded, before);
    t.is((await dialler.figures()).downloaded, 0);
    await assertSameFiles(t, swarm.payload, folder);

    await coordinator.liftBan(["127.0.0.2"]);
    torrent.addPeer({ host: "127.0.0.2", port: await dialler.port() });
    await dialler.finished();
  },
);

test.serial(
  "L05: a disconnected libtorrent comes back by its own dial and gives the rest",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { peer } = await slowSeed(swarm);
    const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [peer] } });
    const { torrent } = record;
    await untilHalfWay(t, record);
    torrent.disconnect(peer);
    await record.until("the end of the connection", () => record.partings.length > 0);
    t.is(record.partings[0]?.reason, "disconnected");
    t.false(torrent.isComplete);
    torrent.addPeer(peer);
    await torrent.completed;
  },
);

test.serial(
  "L06: an engine of two connections uses two of three libtorrent seeds, then all",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const peers = [];
    for (let count = 0; count < 3; count++) peers.push((await slowSeed(swarm)).peer);
    const { coordinator, record } = await swarm.join({
      engine: { maxConnections: 2 },
      torrent: { useTrackers: false, peers, maxPeers: 2 },
    });
    const { torrent } = record;
    await until("two connections", () => torrent.progress.peers === 2);
    await untilHalfWay(t, record);
    t.is((await torrent.peers()).length, 2);
    coordinator.set({ maxConnections: 10 });
    torrent.set({ maxPeers: 10 });
    await until("three connections", () => torrent.progress.peers === 3);
    t.false(torrent.isComplete);
    await torrent.completed;
  },
);

test.serial("F03: pieces come in order from the piece that is named in mid-download", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { peer } = await slowSeed(swarm);
  const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [peer] } });
  const { torrent } = record;
  await untilHalfWay(t, record);
  const from = 128;
  torrent.set({ fromPiece: from });
  await torrent.completed;
  const later = record.pieces.filter((piece) => piece >= from);
  const turns = later.slice(1).filter((piece, at) => piece < (later[at] ?? 0));
  t.log(`${turns.length} of ${later.length} pieces came before a lower one`);
  t.true(turns.length < later.length / 4);
});

test.serial("L21: all torrents pause and go on while libtorrent stays connected", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder, peer } = await slowSeed(swarm);
  const { coordinator, record } = await swarm.join({
    torrent: { useTrackers: false, peers: [peer] },
  });
  const { torrent } = record;
  await untilHalfWay(t, record);
  coordinator.pauseAll();
  await record.until("the pause", () => torrent.state === "paused");
  // Blocks that were on their way arrive; then nothing is sent for two seconds.
  let before = -1;
  await until("the rest", async () => {
    const { uploaded } = await seeder.figures();
    const isQuiet = uploaded === before;
    before = uploaded;
    const end = record.seconds + 2;
    await record.until("2 s", () => record.seconds >= end);
    return isQuiet;
  });
  t.is((await seeder.figures()).uploaded, before);
  t.is(torrent.progress.peers, 1);
  coordinator.startAll();
  await torrent.completed;
  t.true(record.partings.every(({ reason }) => reason === "both-seeds"));
});

test.serial("F10: a seed that has given its ratio to libtorrent pauses", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { coordinator, record } = await swarm.seed({
    torrent: { useTrackers: false, goals: { ratio: 0.5, action: "pause" } },
  });
  const { torrent } = record;
  const leecher = swarm.use(
    await Libtorrent.leech({
      torrent: torrentFile(swarm),
      folder: swarm.folder("libtorrent").path,
      peer: { host: "127.0.0.1", port: coordinator.port },
      downLimit: 2 * upLimit,
    }),
  );
  await until("the goal", () => torrent.state === "paused");
  t.true(torrent.uploaded >= shape.files / 2);
  const { downloaded } = await leecher.figures();
  t.true(downloaded < shape.files, `${downloaded}`);
  torrent.set({ goals: { ratio: null } });
  torrent.start();
  await leecher.finished();
});

test.serial(
  "L10: opentracker names the announced port, not the one that is listened on",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { infoHash } = swarm;
    const tracker = swarm.use(await Opentracker.start([infoHash]));
    const torrent = { trackerTiers: [[tracker.url]] };
    const { coordinator } = await swarm.seed({ engine: { announcePort: 40_321 }, torrent });
    await tracker.knowsSeeder(infoHash);
    t.not(coordinator.port, 40_321);
    t.deepEqual(await tracker.peers(infoHash), ["127.0.0.1:40321"]);
  },
);

test.serial(
  "L22: the copies that the status tells are those of two libtorrent seeds and our pieces",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const peers = [(await slowSeed(swarm)).peer, (await slowSeed(swarm)).peer];
    const { record } = await swarm.join({ torrent: { useTrackers: false, peers } });
    const { torrent } = record;
    await until("two peers", () => torrent.progress.peers === 2);
    await untilHalfWay(t, record);
    torrent.pause();
    await record.until("the pause", () => torrent.state === "paused");
    const { availability = 0 } = await torrent.status();
    t.is(Math.floor(availability), 2);
    t.true(availability > 2);
  },
);

test.serial(
  "L04: a second source brings a running torrent the tracker by which libtorrent is found",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const { infoHash } = swarm;
    const tracker = swarm.use(await Opentracker.start([infoHash]));
    await slowSeed(swarm, { trackers: [tracker.url] });
    await tracker.knowsSeeder(infoHash);
    const { coordinator, record } = await swarm.join();
    const link = `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker.url)}`;
    const refusal = await t.throwsAsync(coordinator.add(link), { code: "torrent-exists" });
    t.like(refusal, { details: { took: { trackers: [tracker.url] } } });
    await record.torrent.completed;
  },
);

test.serial("I01: the trace of a libtorrent has every block of it, each once", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { peer } = await slowSeed(swarm);
  const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [peer] } });
  const { torrent } = record;
  torrent.pause();
  await until("its connection", () => torrent.progress.peers === 1);
  const trace = await torrent.trace(peer);
  torrent.start();
  const blocks: string[] = [];
  const blockCount = shape.files / 16_384;
  for await (const line of trace) {
    if (/ < piece /.test(line)) blocks.push(line.slice(line.indexOf("< piece")));
    if (blocks.length === blockCount) break;
  }
  t.is(new Set(blocks).size, blockCount);
  await torrent.completed;
});

test.serial(
  "a magnet of libtorrent stops at its metadata, and fetches the chosen file alone",
  async (t) => {
    const files = ["first", "second"].map((name) => ({ path: [name], lengthBytes: 2 << 20 }));
    await using swarm = await Swarm.open({ pieceLengthBytes, files });
    const { peer } = await slowSeed(swarm);
    await using coordinator = await startEngine({ port: 0, bind: ["127.0.0.1"] });
    const directory = swarm.folder("magnet").path;
    const link = `magnet:?xt=urn:btih:${swarm.infoHash}`;
    const torrent = await coordinator.add(link, { directory, peers: [peer], stopAt: "metadata" });
    await torrent.metadata;
    await until("the stop", () => torrent.state === "stopped");
    t.is(torrent.downloaded, 0);
    torrent.setPriority(0, 0);
    torrent.start();
    torrent.addPeer(peer);
    await torrent.completed;
    t.deepEqual(filesBelow(directory), ["payload/second"]);
    const [expected, seen] = [swarm.payload.folder, directory].map((folder) =>
      readFileSync(join(folder, "payload/second")),
    );
    t.true(expected?.equals(seen ?? Buffer.alloc(0)));
  },
);
