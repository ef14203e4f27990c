// The DHT node of engines: torrents without a tracker, private torrents, nodes that are saved, and nodes that crash.

import test from "ava";
import type { Address } from "@troupe/actor-runtime";
import type { SavedDhtNodes } from "@troupe/messages";
import {
  anonymousIdentity,
  ownIdentity,
  type ClientIdentity,
} from "@troupe/protocol/client-identity";
import { secureNodeId } from "@troupe/protocol/dht";
import type { Engine } from "../../packages/coordinator/src/engine/base/engine-state.ts";
import { DhtRecords } from "../../packages/coordinator/src/engine/dht/dht-records.ts";
import {
  downloadFolder,
  enginePort,
  startSimulatedEngine,
  statePath,
  type SimulatedEngine,
  type SimulatedEngineOptions,
} from "../support/simulated/engine/engine.ts";
import { patienceMs } from "../support/simulated/runs/download.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder, type PeerScript } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minute = 60_000;
const second = 1_000;
const small = { fileLengths: [300_000], peers: [] };
const trackerless = { settings: { useTrackers: false } };
const offering: PeerScript = { ...honestSeeder, metadata: { answers: "rightly" } };

/** A node that all others begin with. */
const routerHost = "45.20.0.1";
const seederHost = "45.21.0.1";
const leecherHost = "45.22.0.1";
const dht = { bootstrap: [{ host: routerHost, port: enginePort }], routers: [] };
const alone = { bootstrap: [], routers: [] };

/** A swarm with a router: an engine with another torrent. */
async function dhtSwarm(seed: number) {
  const swarm = new SimulatedSwarm(calmScenario(seed, small));
  const { torrent, world } = swarm;
  const other = new SimulatedSwarm(calmScenario(seed, small), { within: swarm });
  const router = await swarm.addEngine(routerHost, { dht: alone });
  await world.settle(router.add(other.torrent, "download", undefined, trackerless));
  await world.run(second);
  const addSeeder = async (settleMs = minute) => {
    const seeder = await swarm.addEngine(seederHost, { dht });
    swarm.fillDisk(seeder.machine);
    await world.settle(seeder.add(torrent, "seed-only", undefined, trackerless));
    await world.run(settleMs);
    return seeder;
  };
  const isDone = (engine: SimulatedEngine) => engine.jobOf(torrent)?.isComplete === true;
  return { swarm, world, torrent, router, addSeeder, isDone };
}

/** A machine in the place of the router that keeps the datagrams of each host, and answers none. */
async function silentRouter({ world }: SimulatedSwarm) {
  const heard: { readonly host: string; readonly bytes: Buffer }[] = [];
  const { datagrams } = world.machine({ addresses: [routerHost] }).ports("router");
  const received = (bytes: Uint8Array, { host }: Address): void =>
    void heard.push({ host, bytes: Buffer.from(bytes) });
  await world.settle(datagrams.bind({ host: routerHost, port: enginePort }, { received }));
  return {
    heardOf: (host: string) => heard.filter((each) => each.host === host).length,
    /** Takes the packets that came since the last call. */
    take: () => heard.splice(0).map(({ bytes }) => bytes),
  };
}

test("EX11: a torrent without a tracker is downloaded from a peer that the DHT names", async (t) => {
  const { swarm, world, torrent, addSeeder, isDone } = await dhtSwarm(1);
  const seeder = await addSeeder();
  const leecher = await swarm.addEngine(leecherHost, { dht });
  await world.settle(leecher.add(torrent, "download", undefined, trackerless));
  await world.runUntil(() => isDone(leecher), 2 * minute);
  const { directory } = leecher.jobOf(torrent) ?? {};
  t.deepEqual(directory?.sourcesOf(seederHost, enginePort), ["dht-internet"]);
  t.deepEqual([...leecher.crashes, ...seeder.crashes, ...leecher.log], []);
});

test("a magnet link without a tracker or a peer is downloaded", async (t) => {
  const { swarm, world, torrent, addSeeder, isDone } = await dhtSwarm(2);
  await addSeeder();
  const leecher = await swarm.addEngine(leecherHost, { dht });
  await world.settle(leecher.addLink(torrent, trackerless));
  await world.runUntil(() => isDone(leecher), 2 * minute);
  t.deepEqual(leecher.crashes, []);
});

test("a download whose seeder comes later finds it within minutes", async (t) => {
  const { swarm, world, torrent, addSeeder, isDone } = await dhtSwarm(3);
  const leecher = await swarm.addEngine(leecherHost, { dht });
  await world.settle(leecher.add(torrent, "download", undefined, trackerless));
  await world.run(minute);
  await addSeeder();
  await world.runUntil(() => isDone(leecher), 5 * minute);
  t.deepEqual(leecher.crashes, []);
});

test("a seeder behind a router that changes UDP ports is announced at an address that accepts TCP", async (t) => {
  const { swarm, world, torrent, isDone } = await dhtSwarm(8);
  const tcpPorts = new Map([[enginePort, enginePort]]);
  const nat = { host: seederHost, isSymmetric: true, tcpPorts };
  const machine = world.machine({ addresses: ["192.168.1.9"], nat });
  machine.disk.makeFolder(downloadFolder);
  swarm.fillDisk(machine);
  const seeder = await world.settle(startSimulatedEngine({ machine, dht }));
  await world.settle(seeder.add(torrent, "seed-only", undefined, trackerless));
  await world.run(minute);
  const leecher = await swarm.addEngine(leecherHost, { dht });
  await world.settle(leecher.add(torrent, "download", undefined, trackerless));
  await world.runUntil(() => isDone(leecher), 2 * minute);
  const { directory } = leecher.jobOf(torrent) ?? {};
  t.deepEqual(directory?.sourcesOf(seederHost, enginePort), ["dht-internet"]);
  t.deepEqual([...leecher.crashes, ...seeder.crashes], []);
});

/** Datagrams of an engine with one torrent in half an hour. */
async function datagramsOf(isPrivate: boolean) {
  const swarm = new SimulatedSwarm(calmScenario(4, { ...small, isPrivate, peers: [offering] }));
  const { torrent, world } = swarm;
  const { heardOf } = await silentRouter(swarm);
  await swarm.addPeer(offering);
  const engine = await swarm.addEngine(leecherHost, { dht });
  await world.settle(engine.add(torrent, "download"));
  await world.run(30 * minute);
  if (engine.jobOf(torrent)?.isComplete !== true) throw new Error("the download has not ended");
  return heardOf(leecherHost);
}

test("case 26: a private torrent sends no datagram to the DHT; the same torrent without the flag does", async (t) => {
  t.is(await datagramsOf(true), 0);
  t.true((await datagramsOf(false)) > 0);
});

/** UDP sockets that an engine with a public torrent opens. */
async function udpSocketsOf(options: Pick<SimulatedEngineOptions, "dht" | "transport">) {
  const swarm = new SimulatedSwarm(calmScenario(9, small), { keepTrace: true });
  const { torrent, world } = swarm;
  const engine = await swarm.addEngine(leecherHost, options);
  await world.settle(engine.add(torrent, "download", undefined, trackerless));
  await world.run(minute);
  return world.trace.filter((line) => /udp .* bound$/.test(line)).length;
}

test("an engine without a DHT node and without uTP opens no UDP socket, and one with both opens one", async (t) => {
  t.is(await udpSocketsOf({ transport: "tcp" }), 0);
  t.is(await udpSocketsOf({ transport: "utp" }), 1);
  t.is(await udpSocketsOf({ transport: "tcp", dht: alone }), 1);
  t.is(await udpSocketsOf({ dht: alone }), 1);
});

/** A magnet that the DHT names a peer for, before its metadata comes. */
async function magnetOf(isPrivate: boolean) {
  const swarm = new SimulatedSwarm(calmScenario(5, { ...small, isPrivate }));
  const { torrent, world } = swarm;
  const engine = await swarm.addEngine(leecherHost, { dht });
  await world.settle(engine.addLink(torrent));
  await world.run(second);
  const [job] = engine.allJobs;
  job?.directory.add("45.30.0.1", 7_000, "dht-internet", "dht 45.20.0.1");
  const isAnnounced = (): boolean =>
    engine.engine?.network.dht?.statusOf(torrent.metainfo) !== undefined;
  const before = [job?.directory.has("45.30.0.1", 7_000), isAnnounced()];
  await swarm.addPeer(offering);
  await world.runUntil(() => engine.jobOf(torrent)?.isComplete === true, patienceMs);
  job?.directory.add("45.30.0.2", 7_000, "dht-internet", "dht 45.20.0.1");
  const after = [job?.directory.has("45.30.0.1", 7_000), isAnnounced()];
  return { before, after, isTaken: job?.directory.has("45.30.0.2", 7_000) };
}

test("a magnet that turns out private leaves the DHT, and forgets what the DHT has named", async (t) => {
  t.deepEqual(await magnetOf(true), {
    before: [true, true],
    after: [false, false],
    isTaken: false,
  });
  const open = await magnetOf(false);
  t.deepEqual([open.before, open.after[1], open.isTaken], [[true, true], true, true]);
});

test("EX19, F9: a DHT node that is killed every second of a transfer costs no peer, and starts again from its saved nodes", async (t) => {
  const { swarm, world, torrent, addSeeder, isDone } = await dhtSwarm(6);
  // The transfer of 300 kB takes half a minute.
  const line = { upBytesPerSecond: 10_000, downBytesPerSecond: 10_000 };
  const leecher = await swarm.addEngine(leecherHost, { dht }, line);
  await world.settle(leecher.add(torrent, "download", undefined, trackerless));
  // Until the first export.
  await world.run(40 * second);
  const crashes = (): number => leecher.crashes.filter(({ actor }) => actor === "dht").length;
  const isConnected = (): boolean =>
    leecher.events.some((event) => event.event === "peer" && event.connected);
  const kill = world.scheduler.timers.every(second, () => leecher.kill("dht"));
  await addSeeder(0);
  await world.runUntil(isConnected, 5 * minute);
  const crashesBefore = crashes();
  await world.runUntil(() => isDone(leecher), 5 * minute);
  kill.cancel();
  const { saved } = leecher.engine?.network.dht?.nodeOptions ?? {};
  t.true((saved?.nodes.length ?? 0) >= 1);
  t.true(crashes() >= crashesBefore + 2, `${crashesBefore} and ${crashes()} crashes`);
  await world.run(minute);
  const { nodes4 = 0 } = leecher.engine?.network.dht?.counts ?? {};
  t.true(nodes4 >= 2, `${nodes4} nodes`);
  const lost = leecher.events.filter(
    (event) => event.event === "peer" && event.reason === "worker-crashed",
  );
  t.deepEqual(lost, []);
});

/** A download that starts again, behind a router that lets no other node in. */
async function restarted({ keepsNodes }: { readonly keepsNodes: boolean }) {
  const { world, torrent, addSeeder, isDone, router } = await dhtSwarm(7);
  const machine = world.machine({ addresses: ["192.168.1.9"], nat: { host: leecherHost } });
  machine.disk.makeFolder(downloadFolder);
  const first = await world.settle(startSimulatedEngine({ machine, dht }));
  await world.settle(first.add(torrent, "download", undefined, trackerless));
  await world.run(minute);
  await world.settle(first.stop());
  const seeder = await addSeeder();
  await world.run(10 * minute);
  if (!keepsNodes) machine.disk.remove(statePath);
  const again = await world.settle(startSimulatedEngine({ machine, dht: alone }));
  await world.settle(again.add(torrent, "download", undefined, trackerless));
  await world.run(5 * minute);
  const crashes = [...again.crashes, ...seeder.crashes, ...router.crashes];
  return { isDone: isDone(again), crashes };
}

test("C10: a restart finds peers by the saved nodes, and without them finds none", async (t) => {
  t.deepEqual(await restarted({ keepsNodes: true }), { isDone: true, crashes: [] });
  t.deepEqual(await restarted({ keepsNodes: false }), { isDone: false, crashes: [] });
});

/** The ids in these queries. */
function idsIn(queries: readonly Buffer[]): string[] {
  const key = "2:id20:";
  const ids = queries.map((query) => query.subarray(query.indexOf(key) + key.length));
  return [...new Set(ids.map((found) => found.toString("hex", 0, 20)))];
}

test("L12: the DHT node of an anonymous run has neither the id of an earlier run nor leaves one to a later", async (t) => {
  const swarm = new SimulatedSwarm(calmScenario(10, small));
  const { torrent, world } = swarm;
  const router = await silentRouter(swarm);
  const machine = world.machine({ addresses: [leecherHost] });
  machine.disk.makeFolder(downloadFolder);
  const id = secureNodeId(leecherHost, (length) => new Uint8Array(length).fill(0x5a));
  const socket = { family: 4, host: leecherHost, port: enginePort } as const;
  const lastAnswerMs = world.scheduler.clock.epochMs();
  const node = { id: new Uint8Array(20), host: "45.23.0.1", port: 6_881, lastAnswerMs };
  const saved = { ids: [{ ...socket, id, publicHost: leecherHost }], nodes: [node] };

  /** A run in which the node starts once more. */
  const run = async (identity: ClientIdentity, before?: SavedDhtNodes) => {
    const engine = await world.settle(
      startSimulatedEngine({ machine, dht, identity, bind: [leecherHost] }),
    );
    const live = (): Engine => {
      if (engine.engine === undefined) throw new Error("no engine runs");
      return engine.engine;
    };
    const records = new DhtRecords(live, statePath);
    if (before !== undefined) await world.settle(records.save(before));
    await world.settle(engine.add(torrent, "download", undefined, trackerless));
    await world.run(minute);
    const first = router.take();
    const nodes = live().network.dht?.nodeOptions.saved?.nodes.map(({ host }) => host);
    engine.kill("dht");
    await world.run(minute);
    const second = router.take();
    await world.settle(engine.stop());
    return { ids: [idsIn(first), idsIn(second)], nodes };
  };
  const own = [Buffer.from(id).toString("hex")];
  t.deepEqual(await run(ownIdentity, saved), { ids: [own, own], nodes: [node.host] });
  const { ids, nodes } = await run(anonymousIdentity);
  t.is(ids[0]?.length, 1);
  t.notDeepEqual(ids[0], own);
  t.deepEqual([ids[1], nodes], [ids[0], [node.host]]);
  t.deepEqual(await run(ownIdentity), { ids: [own, own], nodes: [node.host] });
});
