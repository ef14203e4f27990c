// The UDP port of the peers' number, which the DHT node and UDP trackers share: after crashes of its owner, and beside
// programs that have the port.

import test from "ava";
import type { Address } from "@troupe/actor-runtime";
import {
  decodeUdpRequest,
  encodeUdpAnnounceReply,
  encodeUdpConnectReply,
  type ConnectionId,
} from "@troupe/protocol/tracker";
import {
  downloadFolder,
  enginePort,
  startSimulatedEngine,
  type SimulatedEngine,
  type SimulatedEngineOptions,
} from "../support/simulated/engine/engine.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { honestSeeder } from "../support/simulated/swarm/peer.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minute = 60_000;
const second = 1_000;
const small = { fileLengths: [300_000], peers: [] };
const trackerless = { settings: { useTrackers: false } };
const routerHost = "45.20.0.1";
const seederHost = "45.21.0.1";
const leecherHost = "45.22.0.1";
const trackerHost = "45.23.0.1";
const dht = { bootstrap: [{ host: routerHost, port: enginePort }], routers: [] };
const alone = { bootstrap: [], routers: [] };

/** Engines that know a router, which is an engine with another torrent. */
async function dhtSwarm(seed: number) {
  const swarm = new SimulatedSwarm(calmScenario(seed, small), { keepTrace: true });
  const { torrent, world } = swarm;
  const other = new SimulatedSwarm(calmScenario(seed, small), { within: swarm });
  const router = await swarm.addEngine(routerHost, { dht: alone });
  await world.settle(router.add(other.torrent, "download", undefined, trackerless));
  await world.run(second);
  const join = async (host: string, mode: "download" | "seed-only") => {
    const engine = await swarm.addEngine(host, { dht });
    if (mode === "seed-only") swarm.fillDisk(engine.machine);
    await world.settle(engine.add(torrent, mode, undefined, trackerless));
    return engine;
  };
  const isDone = (engine: SimulatedEngine) => engine.jobOf(torrent)?.isComplete === true;
  return { swarm, world, torrent, join, isDone };
}

function networkOf({ engine }: SimulatedEngine) {
  if (engine === undefined) throw new Error("the engine is down");
  return engine.network;
}

function crashesOf({ crashes }: SimulatedEngine): readonly string[] {
  return crashes.map(({ actor }) => actor);
}

test("the DHT node, and announces to a UDP tracker, leave from the port that peers dial", async (t) => {
  const { world, openedSockets, engine, tracker } = await trackerScene(alone);
  await world.runUntil(() => tracker.announces.length > 0, minute);
  t.deepEqual(new Set(tracker.senders.map(({ port }) => port)), new Set([enginePort]));
  t.deepEqual(networkOf(engine).dht?.ports, { ipv4: enginePort });
  t.is(openedSockets(), 1);
});

test("without a DHT node and uTP UDP trackers have a socket of their own", async (t) => {
  const { world, openedSockets, tracker } = await trackerScene(undefined);
  await world.runUntil(() => tracker.announces.length > 0, minute);
  t.true(tracker.senders.every(({ port }) => port !== enginePort));
  t.is(openedSockets(), 1);
});

test("an engine that listens at one address sends to UDP trackers from a socket of their own", async (t) => {
  const { world, openedSockets, tracker } = await trackerScene(alone, [leecherHost]);
  await world.runUntil(() => tracker.announces.length > 0, minute);
  t.true(tracker.senders.every(({ port }) => port !== enginePort));
  t.is(openedSockets(), 2);
});

test("announces to a UDP tracker go on while the owner of the port is killed every two seconds", async (t) => {
  const { world, engine, tracker } = await trackerScene(alone);
  await world.runUntil(() => tracker.announces.length > 0, minute);
  const kill = world.scheduler.timers.every(2 * second, () => engine.kill("peer-0"));
  await world.run(12 * second);
  kill.cancel();
  const before = tracker.announces.length;
  await world.run(31 * minute);
  t.true(tracker.announces.length > before, `${before} and ${tracker.announces.length}`);
  t.true(crashesOf(engine).every((actor) => actor === "peer-0"));
});

test("the DHT node outlives the owner of the port: its table stays, the port opens within a second, and a later leecher finds us", async (t) => {
  const { world, join, isDone } = await dhtSwarm(21);
  const seeder = await join(seederHost, "seed-only");
  await world.run(minute);
  const node = () => networkOf(seeder).dht;
  const before = { ports: node()?.ports, nodes: node()?.counts?.nodes4 };
  t.is(before.nodes, 1);
  for (let kills = 0; kills < 5; kills++) {
    seeder.kill("peer-0");
    await world.run(10);
    await world.runUntil(() => networkOf(seeder).udpSockets.length === 1, second);
    await world.run(4 * second);
  }
  t.deepEqual(
    crashesOf(seeder),
    Array.from({ length: 5 }, () => "peer-0"),
  );
  await world.run(10 * second);
  t.deepEqual({ ports: node()?.ports, nodes: node()?.counts?.nodes4 }, before);
  const leecher = await join(leecherHost, "download");
  await world.runUntil(() => isDone(leecher), 2 * minute);
  // The router, the leecher, the seeder and five successors.
  t.is(world.trace.filter((line) => line.endsWith(`:${enginePort} bound`)).length, 8);
});

test("the owner of the port is killed: no TCP peer of another worker is lost, and the port opens within a second", async (t) => {
  const slow = { ...honestSeeder, leastServeMs: 2_000 };
  const swarm = new SimulatedSwarm(calmScenario(24, { fileLengths: [3_000_000], peers: [] }));
  const { torrent, world } = swarm;
  for (let peer = 0; peer < 8; peer++) {
    // One after the other, for the same trace each time. oxlint-disable-next-line no-await-in-loop
    await swarm.addPeer(slow);
  }
  const engine = await swarm.addEngine(leecherHost, { dht: alone, peerWorkers: 2 });
  await world.settle(engine.add(torrent));
  const connected = () => [...(engine.jobOf(torrent)?.peers.connected() ?? [])];
  await world.runUntil(() => connected().length === 8, minute);
  const others = connected().filter(({ worker }) => worker === 1);
  t.true(others.length > 0 && others.length < 8, `${others.length} peers of the other worker`);
  engine.kill("peer-0");
  await world.runUntil(() => networkOf(engine).udpSockets.length === 0, second);
  await world.runUntil(() => networkOf(engine).udpSockets.length === 1, second);
  await world.run(second);
  const after = connected();
  t.true(others.every((peer) => after.includes(peer)));
  t.deepEqual(crashesOf(engine), ["peer-0"]);
});

test("a torrent that joins while the owner of the port is down is announced when the port is open again", async (t) => {
  const { world, join, torrent, isDone } = await dhtSwarm(22);
  const seeder = await join(seederHost, "seed-only");
  seeder.kill("peer-0");
  await world.run(minute);
  t.not(networkOf(seeder).dht?.statusOf(torrent.metainfo)?.lastRound, undefined);
  const leecher = await join(leecherHost, "download");
  await world.runUntil(() => isDone(leecher), 2 * minute);
  t.deepEqual([crashesOf(seeder), crashesOf(leecher)], [["peer-0"], []]);
});

test("a DHT node that crashes uses the port again", async (t) => {
  const { world, join } = await dhtSwarm(23);
  const seeder = await join(seederHost, "seed-only");
  await world.run(minute);
  seeder.kill("dht");
  await world.run(minute);
  const { dht: node, udpSockets } = networkOf(seeder);
  t.deepEqual([node?.ports, udpSockets.length], [{ ipv4: enginePort }, 1]);
  t.true((node?.counts?.nodes4 ?? 0) >= 1);
});

test("a UDP port that another program has is left to it: the DHT node takes the next of the list, or is off with a warning", async (t) => {
  for (const [ports, expected] of [
    [[enginePort, 6_990], { ipv4: 6_990 }],
    [[enginePort], {}],
  ] as const) {
    const swarm = new SimulatedSwarm(calmScenario(24, small));
    const { torrent, world } = swarm;
    const machine = world.machine({ addresses: [leecherHost] });
    machine.disk.makeFolder(downloadFolder);
    const at = { host: "0.0.0.0", port: enginePort };
    await world.settle(machine.ports("other program").datagrams.bind(at, { received() {} }));
    const engine = await world.settle(startSimulatedEngine({ machine, dht: alone, ports }));
    await world.settle(engine.add(torrent, "download", undefined, trackerless));
    await world.run(second);
    const { dht: node, port } = networkOf(engine);
    t.is(port, enginePort);
    t.deepEqual(node?.ports, expected);
    const reason = `it has no socket: cannot receive UDP at 0.0.0.0: port ${enginePort} is in use`;
    t.is(node?.offReason?.startsWith(reason), expected.ipv4 === undefined ? true : undefined);
  }
});

/** An engine with a torrent of a UDP tracker that answers. `openedSockets`: its UDP sockets so far. */
async function trackerScene(
  options: SimulatedEngineOptions["dht"],
  bind: SimulatedEngineOptions["bind"] = [],
) {
  const swarm = new SimulatedSwarm(calmScenario(25, small), { keepTrace: true });
  const { torrent, world } = swarm;
  const senders: Address[] = [];
  const announces: number[] = [];
  const { datagrams } = world.machine({ addresses: [trackerHost] }).ports("tracker");
  const socket = await world.settle(
    datagrams.bind(
      { host: trackerHost, port: 80 },
      {
        received(bytes, from) {
          const request = decodeUdpRequest(bytes);
          senders.push(from);
          const { transactionId } = request;
          if (request.action === "connect")
            return socket.send(encodeUdpConnectReply(transactionId, 7n as ConnectionId), from);
          announces.push(world.scheduler.nowMs);
          const reply = { intervalSeconds: 1_800, peers: [] };
          socket.send(encodeUdpAnnounceReply(transactionId, reply, 4), from);
        },
      },
    ),
  );
  const bound = world.trace.length;
  const engine = await swarm.addEngine(leecherHost, {
    bind,
    ...(options === undefined ? { transport: "tcp" as const } : { dht: options }),
  });
  const settings = { trackers: [`udp://${trackerHost}:80/`] };
  await world.settle(engine.add(torrent, "download", undefined, { settings }));
  const openedSockets = () =>
    world.trace.slice(bound).filter((line) => /udp .* bound$/.test(line)).length;
  return { world, engine, tracker: { senders, announces }, openedSockets };
}
