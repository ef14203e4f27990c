// Controls of running torrents by the library, beside libtorrent, opentracker and nginx.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { Torrent } from "@troupe/coordinator";
import { announceUrl } from "@troupe/protocol/tracker";
import type { InfoHash } from "@troupe/protocol/units";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Nginx } from "../support/clients/nginx.ts";
import { Opentracker } from "../support/clients/opentracker.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { Relay } from "../support/swarm/relay.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm, type Member } from "../support/swarm/swarm.ts";
import { until } from "../support/time/until.ts";

const pieceLengthBytes = 64 * 1024;
const shape = { pieceLengthBytes, files: 16 << 20 };
/** A part of the payload, after which the door before a seed is closed: a control meets the download half way. */
const partBytes = 2 << 20;

/** Writes the .torrent into a folder of its own. */
function torrentFile(swarm: Swarm, trackers: readonly string[] = []): string {
  const path = join(swarm.folder("torrent").path, "job.torrent");
  writeFileSync(path, torrentBytes(swarm.payload, trackers));
  return path;
}

/** A libtorrent seed behind a door. */
interface GatedSeed {
  readonly seeder: Libtorrent;
  readonly door: Relay;
}

/** Starts a libtorrent seed whose door lets a part of the payload pass. */
async function gatedSeed(swarm: Swarm): Promise<GatedSeed> {
  const { folder } = swarm.payload;
  const seeder = swarm.use(await Libtorrent.seed({ torrent: torrentFile(swarm), folder }));
  const target = { host: "127.0.0.1", port: await seeder.port() };
  const door = swarm.use(await Relay.open({ target, gated: "target" }));
  door.allow(partBytes);
  return { seeder, door };
}

/** Announces the door before a seed to a tracker. */
async function announceDoor(
  { door }: GatedSeed,
  swarm: Swarm,
  { url }: Opentracker,
): Promise<void> {
  const peer = { infoHash: swarm.infoHash as InfoHash, port: door.port, key: "00000000" };
  const peerId = new TextEncoder().encode(`-XX0000-${String(door.port).padStart(12, "0")}`);
  const counters = { uploaded: 0, downloaded: 0, left: 0, numWant: 0 };
  await fetch(announceUrl(url, { ...peer, peerId, ...counters, event: "started" }));
}

/** A libtorrent downloads everything from another one. */
async function otherDownload(swarm: Swarm): Promise<void> {
  const torrent = torrentFile(swarm);
  await using seeder = await Libtorrent.seed({ torrent, folder: swarm.payload.folder });
  const peer = { host: "127.0.0.1", port: await seeder.port() };
  const folder = swarm.folder("other").path;
  await using leecher = await Libtorrent.leech({ torrent, folder, peer });
  await leecher.finished();
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
    const [first, second] = [await gatedSeed(swarm), await gatedSeed(swarm)];
    await announceDoor(first, swarm, old);
    await announceDoor(second, swarm, next);
    const { record, folder } = await swarm.join({ torrent: { trackerTiers: [[old.url]] } });
    const { torrent } = record;
    await untilHalfWay(t, record);
    t.is((await old.scrape(infoHash)).incomplete, 1);
    t.is((await next.scrape(infoHash)).incomplete, 0);

    torrent.set({ trackerTiers: [[next.url.replace("http:", "udp:")]] });
    await until("an announce", async () => (await next.scrape(infoHash)).incomplete === 1);
    await until("stopped", async () => (await old.scrape(infoHash)).incomplete === 0);
    t.false(torrent.isComplete);
    await second.door.whenUsedUp();
    for (const { door } of [first, second]) door.allow(Infinity);
    await torrent.completed;
    await assertSameFiles(t, swarm.payload, folder);
    for (const { seeder } of [first, second]) t.true((await seeder.figures()).uploaded > 0);
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
  const { seeder, door } = await gatedSeed(swarm);
  const nginx = swarm.use(await Nginx.start(swarm.payload.folder));
  const torrentOptions = { useTrackers: false, peers: [door] };
  const { record, folder } = await swarm.join({ torrent: torrentOptions });
  const { torrent } = record;
  await untilHalfWay(t, record);
  t.deepEqual(nginx.requests(), []);

  torrent.set({ webSeeds: [nginx.url] });
  await until("nginx has answered", () => nginx.requests().length > 0);
  door.allow(Infinity);
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
    // The tracker names the address that is banned: without a door, at the rate of a slow line.
    const host = "127.0.0.2";
    const seeder = swarm.use(
      await Libtorrent.seed({
        ...{ torrent: torrentFile(swarm, [tracker.url]), folder: swarm.payload.folder },
        ...{ host, upLimit: 1 << 20 },
      }),
    );
    const banned = { seeder, peer: { host, port: await seeder.port() } };
    const { door } = await gatedSeed(swarm);
    const stateDirectory = swarm.folder("state").path;
    const folder = swarm.folder("leecher").path;
    const joining = {
      engine: { bind: ["0.0.0.0"], stateDirectory },
      torrent: { trackerTiers: [[tracker.url]], peers: [banned.peer, door] },
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
    door.allow(Infinity);
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
    const { door } = await gatedSeed(swarm);
    const peer = { host: door.host, port: door.port };
    const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [peer] } });
    const { torrent } = record;
    await untilHalfWay(t, record);
    torrent.disconnect(peer);
    await record.until("the end of the connection", () => record.partings.length > 0);
    t.is(record.partings[0]?.reason, "disconnected");
    t.false(torrent.isComplete);
    torrent.addPeer(peer);
    door.allow(Infinity);
    await torrent.completed;
  },
);

test.serial(
  "L06: an engine of two connections uses two of three libtorrent seeds, then all",
  async (t) => {
    await using swarm = await Swarm.open(shape);
    const doors: Relay[] = [];
    for (let count = 0; count < 3; count++) doors.push((await gatedSeed(swarm)).door);
    const peers = doors.map(({ host, port }) => ({ host, port }));
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
    for (const door of doors) door.allow(Infinity);
    await torrent.completed;
  },
);

test.serial("F03: pieces come in order from the piece that is named in mid-download", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { door } = await gatedSeed(swarm);
  const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [door] } });
  const { torrent } = record;
  await untilHalfWay(t, record);
  const from = 128;
  torrent.set({ fromPiece: from });
  door.allow(Infinity);
  await torrent.completed;
  const later = record.pieces.filter((piece) => piece >= from);
  const turns = later.slice(1).filter((piece, at) => piece < (later[at] ?? 0));
  t.log(`${turns.length} of ${later.length} pieces came before a lower one`);
  t.true(turns.length < later.length / 4);
});

test.serial("L21: all torrents pause and go on while libtorrent stays connected", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { seeder, door } = await gatedSeed(swarm);
  const { coordinator, record } = await swarm.join({
    torrent: { useTrackers: false, peers: [door] },
  });
  const { torrent } = record;
  await untilHalfWay(t, record);
  coordinator.pauseAll();
  await record.until("the pause", () => torrent.state === "paused");
  // Blocks that were on their way arrive while another client downloads everything; then none does.
  door.allow(Infinity);
  await otherDownload(swarm);
  const { uploaded } = await seeder.figures();
  await otherDownload(swarm);
  t.is((await seeder.figures()).uploaded, uploaded);
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
  const target = { host: "127.0.0.1", port: coordinator.port };
  const door = swarm.use(await Relay.open({ target, gated: "target" }));
  // The goal is met before the door is closed.
  door.allow((3 / 4) * shape.files);
  const leecher = swarm.use(
    await Libtorrent.leech({
      torrent: torrentFile(swarm),
      folder: swarm.folder("libtorrent").path,
      peer: door,
    }),
  );
  await until("the goal", () => torrent.state === "paused");
  t.true(torrent.uploaded >= shape.files / 2);
  const { downloaded } = await leecher.figures();
  t.true(downloaded < shape.files, `${downloaded}`);
  torrent.set({ goals: { ratio: null } });
  torrent.start();
  door.allow(Infinity);
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
    const peers = [(await gatedSeed(swarm)).door, (await gatedSeed(swarm)).door];
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
    const seed = await gatedSeed(swarm);
    seed.door.allow(Infinity);
    await announceDoor(seed, swarm, tracker);
    const { coordinator, record } = await swarm.join();
    const link = `magnet:?xt=urn:btih:${infoHash}&tr=${encodeURIComponent(tracker.url)}`;
    const refusal = await t.throwsAsync(coordinator.add(link), { code: "torrent-exists" });
    t.like(refusal, { details: { took: { trackers: [tracker.url] } } });
    await record.torrent.completed;
  },
);

test.serial("I01: the trace of a libtorrent has every block of it, each once", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { door } = await gatedSeed(swarm);
  const peer = { host: door.host, port: door.port };
  const { record } = await swarm.join({ torrent: { useTrackers: false, peers: [peer] } });
  const { torrent } = record;
  torrent.pause();
  await until("its connection", () => torrent.progress.peers === 1);
  const trace = await torrent.trace(peer);
  door.allow(Infinity);
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
    const { door } = await gatedSeed(swarm);
    door.allow(Infinity);
    const peer = { host: door.host, port: door.port };
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
