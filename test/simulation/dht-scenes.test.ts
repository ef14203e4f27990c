// One node of a simulated DHT in trouble.

import test from "ava";
import { endpointOf, SimulatedDhtNode } from "../support/simulated/dht/dht-node.ts";
import { DhtPopulation } from "../support/simulated/dht/population.ts";
import { AnnouncedTorrent, lookUp, type LookUpRecord } from "../support/simulated/dht/torrents.ts";
import type { DhtEndpoint } from "@troupe/messages";

const minute = 60_000;

async function smallPopulation(seed: number) {
  const population = new DhtPopulation({
    seed,
    nodes: 24,
    halfLifeMs: 30 * minute,
    joinMs: minute,
    lossChance: 0.05,
  });
  await population.join();
  const torrent = new AnnouncedTorrent(population);
  torrent.fill();
  population.world.scheduler.timers.every(10_000, () => torrent.fill());
  await population.world.runUntil(() => torrent.isAnnounced);
  return { population, torrent, world: population.world };
}

/** The look-up of `torrent`, awaited in virtual time. */
function lookUpFrom(
  population: DhtPopulation,
  torrent: AnnouncedTorrent,
  node: SimulatedDhtNode,
): Promise<LookUpRecord> {
  const ended = new Promise<LookUpRecord>((resolve) => lookUp(population, torrent, node, resolve));
  return population.world.settle(ended);
}

test("a node whose network was away for an hour knows nodes and finds peers within 5 min of its return", async (t) => {
  const { population, torrent, world } = await smallPopulation(1);
  const routers = population.routers.map(endpointOf);
  const startNode = async (): Promise<SimulatedDhtNode> => {
    const node = new SimulatedDhtNode(population.newMachine(), { routers });
    await world.settle(node.start());
    return node;
  };
  const nodes = { silent: await startNode(), unreachable: await startNode() };
  await world.run(5 * minute);
  for (const uplink of ["silent", "unreachable"] as const) {
    world.network.setUplink(nodes[uplink].host, uplink);
  }
  await world.run(60 * minute);
  for (const node of Object.values(nodes)) world.network.setUplink(node.host, "up");
  await world.run(5 * minute);
  for (const [uplink, node] of Object.entries(nodes)) {
    const { families } = await world.settle(node.status());
    t.true((families[0]?.nodes ?? 0) >= 8, `${uplink}: ${families[0]?.nodes} nodes`);
    const { firstMs } = await lookUpFrom(population, torrent, node);
    t.not(firstMs, undefined, uplink);
  }
});

test("a node that starts again without routers finds peers by its saved nodes", async (t) => {
  const { population, torrent, world } = await smallPopulation(2);
  const routers = population.routers.map(endpointOf);
  const machine = population.newMachine();
  const first = new SimulatedDhtNode(machine, { routers });
  await world.settle(first.start());
  await world.run(5 * minute);
  const saved = await world.settle(first.exportNodes());
  await world.settle(first.stop());
  await world.run(10 * minute);
  const second = new SimulatedDhtNode(machine, { routers: [], saved });
  await world.settle(second.start());
  const { firstMs } = await lookUpFrom(population, torrent, second);
  t.not(firstMs, undefined);
});

test("a node behind a router that changes UDP ports announces an address that accepts TCP", async (t) => {
  const { population, world } = await smallPopulation(3);
  const routers = population.routers.map(endpointOf);
  const outside = population.internet.newHost();
  const machine = world.machine({
    addresses: ["192.168.1.9"],
    nat: { host: outside, isSymmetric: true, tcpPorts: new Map([[7_001, 6_889]]) },
  });
  let accepted = 0;
  await world.settle(
    machine.sockets.listen({ host: "0.0.0.0", port: 6_889 }, () => {
      accepted += 1;
      return { bytes() {}, closed() {} };
    }),
  );
  const node = new SimulatedDhtNode(machine, { routers, publicPort: 7_001 });
  await world.settle(node.start());
  await world.run(minute);
  const target = population.random.bytes(20);
  const announced = new Promise((ended) => {
    node.beginQuest({ kind: "announce-peer", target }, { ended });
  });
  await world.settle(announced);
  const found = await findPeers(population, target);
  t.deepEqual(found, [{ host: outside, port: 7_001 }]);
  const dialler = population.newMachine();
  for (const address of found) {
    dialler.sockets.dial(address, { bytes() {}, closed() {} }, { timeoutMs: 5_000 });
  }
  await world.run(5_000);
  t.is(accepted, 1);
});

/** The peers that another node finds, each once. */
async function findPeers(
  population: DhtPopulation,
  target: Uint8Array,
): Promise<readonly DhtEndpoint[]> {
  const found = new Map<string, DhtEndpoint>();
  const ended = new Promise((resolve) => {
    population.anyNode().beginQuest(
      { kind: "get-peers", target },
      {
        answered: ({ peers }) => {
          for (const peer of peers) found.set(`${peer.host}:${peer.port}`, peer);
        },
        ended: resolve,
      },
    );
  });
  await population.world.settle(ended);
  return [...found.values()];
}
