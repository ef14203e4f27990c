// Engines that find each other by local discovery alone, and the datagrams that a private torrent does not send.

import test from "ava";
import { decodeLocalAnnounce, encodeLocalAnnounce, localGroups } from "@troupe/protocol/discovery";
import { patienceMs } from "../support/simulated/runs/download.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import type { SimulatedEngine } from "../support/simulated/engine/engine.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minute = 60_000;
/** Two announces. */
const spanMs = 6 * minute;
const ours = "192.168.1.5";
const theirs = "192.168.1.6";
const neighbour = "192.168.1.9";
const localDiscovery = true;
const small = { fileLengths: [300_000] };
const offering: PeerScript = { ...honestSeeder, metadata: { answers: "rightly" } };

/** A machine of our network that counts the announces of ours, and announces an address of its own. */
async function neighbourOf({ torrent, world }: SimulatedSwarm) {
  const heard: number[] = [];
  const { datagrams } = world.machine({ addresses: [neighbour] }).ports("neighbour");
  const { host, port } = localGroups[4];
  const socket = await world.settle(
    datagrams.bind(
      { host: "0.0.0.0", port, isShared: true, group: { host } },
      {
        received(bytes, from) {
          if (from.host !== ours) return;
          const { infoHashes } = decodeLocalAnnounce(bytes);
          if (infoHashes.includes(torrent.metainfo.infoHash)) heard.push(world.scheduler.nowMs);
        },
      },
    ),
  );
  const { infoHash } = torrent.metainfo;
  const ports: number[] = [];
  /** Names another port each time, at which no peer answers. */
  const announce = (): void => {
    const named = 7_000 + ports.length;
    ports.push(named);
    socket.send(encodeLocalAnnounce(4, { port: named, infoHash, cookie: "x" }), { host, port });
  };
  const isKnownTo = ({ allJobs: [job] }: SimulatedEngine): boolean =>
    ports.some((named) => job?.directory.has(neighbour, named));
  return { heard, announce, isKnownTo };
}

test("EX11: engines of one network find each other without a tracker, each by what the other announces", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(1, small));
  const { torrent, world } = swarm;
  const [leecher, seeder] = [
    await swarm.addEngine(ours, { localDiscovery }),
    await swarm.addEngine(theirs, { localDiscovery }),
  ];
  swarm.fillDisk(seeder.machine);
  await world.settle(
    leecher.add(torrent, "download", undefined, { settings: { useTrackers: false } }),
  );
  await world.run(10_000);
  await world.settle(
    seeder.add(torrent, "seed-only", undefined, { settings: { useTrackers: false } }),
  );
  await world.runUntil(() => leecher.jobOf(torrent)?.isComplete === true, patienceMs);
  t.deepEqual(swarm.tracker.heard, []);
  t.deepEqual([...leecher.crashes, ...seeder.crashes], []);
});

test("without the option engines of one network do not find each other", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(2, small));
  const { torrent, world } = swarm;
  const { heard, announce } = await neighbourOf(swarm);
  const engine = await swarm.addEngine(ours);
  await world.settle(
    engine.add(torrent, "download", undefined, { settings: { useTrackers: false } }),
  );
  announce();
  await world.run(spanMs);
  t.deepEqual([heard.length, engine.jobOf(torrent)?.directory.size], [0, 0]);
});

/** The announces of six minutes, and the addresses that a neighbour's announce has left behind. */
async function announcesOf(isPrivate: boolean) {
  const swarm = new SimulatedSwarm(calmScenario(3, { ...small, isPrivate }));
  const { torrent, world } = swarm;
  const { heard, announce } = await neighbourOf(swarm);
  const engine = await swarm.addEngine(ours, { localDiscovery });
  await world.settle(
    engine.add(torrent, "download", undefined, { settings: { useTrackers: false } }),
  );
  await world.run(minute);
  announce();
  await world.run(1_000);
  const known = engine.jobOf(torrent)?.directory.size;
  await world.run(spanMs - minute - 2_000);
  return { announces: heard.length, known };
}

test("a private torrent sends no announce and believes none; the same torrent without the flag sends one every five minutes", async (t) => {
  t.deepEqual(await announcesOf(true), { announces: 0, known: 0 });
  t.deepEqual(await announcesOf(false), { announces: 2, known: 1 });
});

/** A magnet whose metadata comes after six minutes, and six minutes more. Its neighbour never rests. */
async function magnetOf(isPrivate: boolean) {
  const swarm = new SimulatedSwarm(calmScenario(4, { ...small, isPrivate, peers: [offering] }));
  const { torrent, world } = swarm;
  const { heard, announce, isKnownTo } = await neighbourOf(swarm);
  world.scheduler.timers.every(1_000, announce);
  const engine = await swarm.addEngine(ours, { localDiscovery });
  await world.settle(engine.addLink(torrent));
  await world.run(spanMs);
  const before = heard.length;
  const wasKnown = isKnownTo(engine);
  await swarm.addPeer(offering);
  await world.runUntil(() => engine.jobOf(torrent)?.isComplete === true, patienceMs);
  const atMetadata = heard.length;
  await world.run(1_500);
  const isStillKnown = isKnownTo(engine);
  await world.run(spanMs);
  return { before, after: heard.length - atMetadata, wasKnown, isStillKnown };
}

test("a magnet that turns out private is announced no more, and forgets its neighbours", async (t) => {
  const closed = await magnetOf(true);
  t.deepEqual(closed, { before: 2, after: 0, wasKnown: true, isStillKnown: false });
  const open = await magnetOf(false);
  t.deepEqual(open, { before: 2, after: 1, wasKnown: true, isStillKnown: true });
});

test("a torrent that is stopped and started again is announced within two seconds", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(5, small));
  const { torrent, world } = swarm;
  const { heard } = await neighbourOf(swarm);
  const engine = await swarm.addEngine(ours, { localDiscovery });
  await world.settle(
    engine.add(torrent, "download", undefined, { settings: { useTrackers: false } }),
  );
  await world.run(minute);
  await world.settle(engine.stopTorrents());
  await world.run(spanMs);
  t.is(heard.length, 1);
  engine.resume();
  await world.run(3_000);
  t.is(heard.length, 2);
});
